package io.stoat.bench.echo;

import io.stoat.bench.WarmUp;
import io.stoat.bench.contender.ScratchDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code stoat bench echo}: what a remote get costs against what Aeron alone costs, and against
 * Redis, round by round; the medians of the rounds' ratios count.
 */
@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        description = {
            "Compares remote gets with a bare Aeron echo of the same lengths, over UDP and IPC: round trips, and requests",
            "a second with many in flight, there also with the packets that Aeron ships; with Redis over loopback TCP where redis-server is installed; and what it saves",
            "to send a put to the agent that owns its shard.",
            "Each node and the load are processes of one busy thread each, media driver included. All stay for all rounds",
            "and take turns in each; a node that waits sleeps. Ratios are taken within a round; their median counts.",
            "Exit code 1 when a ratio misses its bound."
        })
public final class EchoCommand implements Callable<Integer> {
    /** Warm are JVMs whose compilers take less of a round than a 99th percentile shows. */
    private static final double WARM_SHARE = 0.005;

    @Spec private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "15",
            description = "Rounds; default ${DEFAULT-VALUE}, each of 16 turns.")
    private int rounds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "Most rounds before those, which do not count: until the JVMs' compilers take less than 0.5 %% of one;"
                            + " default ${DEFAULT-VALUE}.")
    private int warmUpRounds;

    @Option(
            names = "--millis",
            paramLabel = "N",
            defaultValue = "250",
            description = "Duration of one turn, ms; default ${DEFAULT-VALUE}.")
    private long millis;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            defaultValue = "128",
            description = "Length of the values; default ${DEFAULT-VALUE}.")
    private int valueLength;

    @Option(
            names = "--yield",
            description =
                    "Yield instead of spinning when there is nothing to do: for a shared host.")
    private boolean yielding;

    /** Made by picocli. */
    public EchoCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1 || millis < 1 || valueLength < 1 || warmUpRounds < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rounds, --millis and --value-size must be 1 or more, --warm-up 0");
        }
        final PrintWriter out = spec.commandLine().getOut();
        final boolean withRedis = RedisProcess.isInstalled();
        final Verdicts verdicts = new Verdicts(out);
        try (ScratchDirectory scratch = ScratchDirectory.create();
                EchoRounds echo =
                        new EchoRounds(scratch.path(), valueLength, millis, yielding, withRedis)) {
            final WarmUp warmUp = WarmUp.of(echo, warmUpRounds, WARM_SHARE);
            out.println(warmUp);
            out.flush();
            echo.forget();
            for (int round = 1; round <= rounds; round++) {
                echo.round(warmUp.rounds() + round);
            }
            out.printf(
                    "%d rounds, turns of %d ms, %d-byte values, threads %s when idle%n",
                    rounds, millis, valueLength, yielding ? "yield" : "spin");
            print(verdicts, echo);
            if (withRedis) {
                printRedis(verdicts, echo);
            } else {
                out.println("Redis: not measured, redis-server is not installed");
            }
            out.printf(
                    Locale.ROOT,
                    "put over IPC, p50: to the owner %.1f us, forwarded %.1f us: routing saves %.0f %%%n",
                    Samples.median(echo.putToOwner.p50Ns()) / 1e3,
                    Samples.median(echo.putForwarded.p50Ns()) / 1e3,
                    100
                            * (1
                                    - io.stoat.bench.Median.of(
                                            Samples.ratios(
                                                    echo.putToOwner.p50Ns(),
                                                    echo.putForwarded.p50Ns()))));
            out.flush();
        }
        return verdicts.met() ? 0 : 1;
    }

    private static void print(final Verdicts verdicts, final EchoRounds echo) {
        verdicts.heading("UDP", "bare echo", "stoat get");
        verdicts.latency("round trip p50, us", echo.bareUdp.p50Ns(), echo.getUdp.p50Ns(), 1.15);
        verdicts.latency("round trip p99, us", echo.bareUdp.p99Ns(), echo.getUdp.p99Ns(), 1.3);
        rates(verdicts, echo.bareUdpRate, echo.getUdpRate, echo.batchedUdpRate);
        verdicts.rate(
                String.format(
                        Locale.ROOT,
                        "a second, batched / bare echo as shipped (mtu %,d)",
                        EchoNode.SHIPPED_MTU_LENGTH),
                echo.shippedUdpRate.rates(),
                echo.batchedUdpRate.rates(),
                0);
        verdicts.heading("IPC", "bare echo", "stoat get");
        verdicts.latency("round trip p50, us", echo.bareIpc.p50Ns(), echo.getIpc.p50Ns(), 1.5);
        verdicts.latency("round trip p99, us", echo.bareIpc.p99Ns(), echo.getIpc.p99Ns(), 0);
        rates(verdicts, echo.bareIpcRate, echo.getIpcRate, echo.batchedIpcRate);
    }

    private static void rates(
            final Verdicts verdicts,
            final Samples bare,
            final Samples single,
            final Samples batched) {
        verdicts.rate("a second, one a message", bare.rates(), single.rates(), 0.8);
        verdicts.rate("a second, batched", bare.rates(), batched.rates(), 3);
    }

    private static void printRedis(final Verdicts verdicts, final EchoRounds echo) {
        verdicts.heading(
                RedisProcess.version() + ", one connection over TCP", "redis", "stoat get");
        final List<Double> jedis = echo.redis.p50Ns();
        verdicts.latency("p50, us: Jedis / UDP", jedis, echo.getUdp.p50Ns(), 0.2);
        verdicts.latency("p50, us: Jedis / IPC", jedis, echo.getIpc.p50Ns(), 0.2);
        final List<Double> polled = echo.redisPolled.p50Ns();
        verdicts.latency("p50, us: polled socket / UDP", polled, echo.getUdp.p50Ns(), 0);
        verdicts.latency("p50, us: polled socket / IPC", polled, echo.getIpc.p50Ns(), 0);
        final List<Double> pipelined = echo.redisRate.rates();
        verdicts.rate("pipelined, a second / UDP", pipelined, echo.batchedUdpRate.rates(), 2.5);
        verdicts.rate("pipelined, a second / IPC", pipelined, echo.batchedIpcRate.rates(), 2.5);
    }
}
