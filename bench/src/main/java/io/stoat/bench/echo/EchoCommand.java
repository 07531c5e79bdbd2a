package io.stoat.bench.echo;

import static io.stoat.bench.result.Bound.NONE;
import static io.stoat.bench.result.Bound.atLeast;
import static io.stoat.bench.result.Bound.atMost;

import io.stoat.bench.ComparisonOptions;
import io.stoat.bench.WarmUp;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.report.Comparison;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    private static final String BARE = "bare echo";
    private static final String GET = "stoat get";
    private static final String US = "us";
    private static final String A_SECOND = "a second";
    private static final String ROUND_TRIP_P50 = "round trip p50";
    private static final String ROUND_TRIP_P99 = "round trip p99";

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

    @Mixin private ComparisonOptions output;

    /** Made by picocli. */
    public EchoCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1 || millis < 1 || valueLength < 1 || warmUpRounds < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rounds, --millis and --value-size must be 1 or more, --warm-up 0");
        }
        final boolean withRedis = RedisProcess.isInstalled();
        final Comparison comparison =
                output.begin(spec, yielding ? "not pinned, yield" : "not pinned, spin");
        try (ScratchDirectory scratch = ScratchDirectory.create();
                EchoRounds echo =
                        new EchoRounds(scratch.path(), valueLength, millis, yielding, withRedis)) {
            final WarmUp warmUp = WarmUp.of(echo, warmUpRounds, WARM_SHARE);
            comparison.note(warmUp.toString());
            echo.forget();
            for (int round = 1; round <= rounds; round++) {
                echo.round(warmUp.rounds() + round);
            }
            comparison.note(
                    String.format(
                            Locale.ROOT,
                            "%d rounds, turns of %d ms, %d-byte values, threads %s when idle",
                            rounds,
                            millis,
                            valueLength,
                            yielding ? "yield" : "spin"));
            compare(comparison, echo);
            if (withRedis) {
                compareWithRedis(comparison, echo);
            } else {
                comparison.note("Redis: not measured, redis-server is not installed");
            }
            comparison.section("put over IPC: what routing saves", "forwarded", "to the owner");
            comparison.compare(
                    ROUND_TRIP_P50, US, echo.putForwarded.p50Us(), echo.putToOwner.p50Us(), NONE);
        }
        return output.end(comparison);
    }

    private static void compare(final Comparison comparison, final EchoRounds echo) {
        comparison.section("UDP", BARE, GET);
        comparison.compare(
                ROUND_TRIP_P50, US, echo.bareUdp.p50Us(), echo.getUdp.p50Us(), atMost(1.15));
        comparison.compare(
                ROUND_TRIP_P99, US, echo.bareUdp.p99Us(), echo.getUdp.p99Us(), atMost(1.3));
        rates(comparison, echo.bareUdpRate, echo.getUdpRate, echo.batchedUdpRate);
        comparison.compare(
                String.format(
                        Locale.ROOT,
                        "batched / bare echo as shipped (mtu %,d)",
                        EchoNode.SHIPPED_MTU_LENGTH),
                A_SECOND,
                echo.shippedUdpRate.rates(),
                echo.batchedUdpRate.rates(),
                NONE);
        comparison.section("IPC", BARE, GET);
        comparison.compare(
                ROUND_TRIP_P50, US, echo.bareIpc.p50Us(), echo.getIpc.p50Us(), atMost(1.5));
        comparison.compare(ROUND_TRIP_P99, US, echo.bareIpc.p99Us(), echo.getIpc.p99Us(), NONE);
        rates(comparison, echo.bareIpcRate, echo.getIpcRate, echo.batchedIpcRate);
    }

    private static void rates(
            final Comparison comparison,
            final Samples bare,
            final Samples single,
            final Samples batched) {
        comparison.compare("one a message", A_SECOND, bare.rates(), single.rates(), atLeast(0.8));
        comparison.compare("batched", A_SECOND, bare.rates(), batched.rates(), atLeast(3));
    }

    private static void compareWithRedis(final Comparison comparison, final EchoRounds echo) {
        comparison.section(RedisProcess.version() + ", one connection over TCP", "redis", GET);
        final List<Double> jedis = echo.redis.p50Us();
        comparison.compare("p50: Jedis / UDP", US, jedis, echo.getUdp.p50Us(), atMost(0.2));
        comparison.compare("p50: Jedis / IPC", US, jedis, echo.getIpc.p50Us(), atMost(0.2));
        final List<Double> polled = echo.redisPolled.p50Us();
        comparison.compare("p50: polled socket / UDP", US, polled, echo.getUdp.p50Us(), NONE);
        comparison.compare("p50: polled socket / IPC", US, polled, echo.getIpc.p50Us(), NONE);
        final List<Double> pipelined = echo.redisRate.rates();
        comparison.compare(
                "pipelined / UDP", A_SECOND, pipelined, echo.batchedUdpRate.rates(), atLeast(2.5));
        comparison.compare(
                "pipelined / IPC", A_SECOND, pipelined, echo.batchedIpcRate.rates(), atLeast(2.5));
    }
}
