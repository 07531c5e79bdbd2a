package io.stoat.bench.echo;

import io.stoat.bench.Median;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.transport.ClientContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat bench echo}: what a remote get costs against what Aeron alone costs, round by round;
 * the medians of the rounds' ratios count.
 */
@Command(
        name = "echo",
        description = {
            "Compares remote gets with a bare Aeron echo of the same lengths, over UDP and IPC: round trips, and requests",
            "a second with many in flight; and what it saves to send a put to the agent that owns its shard.",
            "Node and load are two processes of one busy thread each, media driver included.",
            "Exit code 1 when a ratio misses its bound."
        })
public final class EchoCommand implements Callable<Integer> {
    private static final long END_TIMEOUT_S = 20;

    @Spec private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds; default ${DEFAULT-VALUE}, about 25 s each.")
    private int rounds;

    @Option(
            names = "--millis",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Duration of one measurement, ms; default ${DEFAULT-VALUE}.")
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

    private PrintWriter out;
    private boolean met = true;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1 || millis < 1 || valueLength < 1) {
            throw new picocli.CommandLine.ParameterException(
                    spec.commandLine(), "--rounds, --millis and --value-size must be 1 or more");
        }
        out = spec.commandLine().getOut();
        final List<Figures> bareUdp = new ArrayList<>();
        final List<Figures> bareIpc = new ArrayList<>();
        final List<Figures> stoatUdp = new ArrayList<>();
        final List<Figures> stoatIpc = new ArrayList<>();
        final List<Figures> puts = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            out.println("round " + round + " of " + rounds);
            out.flush();
            try (ScratchDirectory scratch = ScratchDirectory.create()) {
                measure(EchoNode.BARE, scratch.path(), bareUdp, bareIpc);
                measure(EchoNode.STOAT, scratch.path(), stoatUdp, stoatIpc);
                measurePuts(scratch.path(), puts);
            }
        }
        print("UDP", bareUdp, stoatUdp, 1.15, 1.3);
        print("IPC", bareIpc, stoatIpc, 1.5, 0);
        out.printf(
                Locale.ROOT,
                "put over IPC, p50: to the owner %.1f us, forwarded %.1f us: routing saves %.0f %%%n",
                median(puts, Figures::p50Ns) / 1e3,
                median(puts, Figures::p99Ns) / 1e3,
                100 * (1 - ratio(puts, puts, Figures::p50Ns, Figures::p99Ns)));
        out.flush();
        return met ? 0 : 1;
    }

    private IdleStrategy idle() {
        return yielding ? new YieldingIdleStrategy() : new BusySpinIdleStrategy();
    }

    private void measure(
            final String kind,
            final Path directory,
            final List<Figures> udp,
            final List<Figures> ipc)
            throws IOException, InterruptedException {
        final String endpoint = freeEndpoint();
        final long durationNs = TimeUnit.MILLISECONDS.toNanos(millis);
        try (Child ignore = new Child(kind, directory, endpoint)) {
            if (kind.equals(EchoNode.BARE)) {
                try (EchoLoad load = new EchoLoad(directory, endpoint, true, idle())) {
                    udp.add(load.measure(durationNs));
                }
                try (EchoLoad load = new EchoLoad(directory, endpoint, false, idle())) {
                    ipc.add(load.measure(durationNs));
                }
            } else {
                udp.add(
                        new GetLoad(
                                        () ->
                                                new ClientContext()
                                                        .endpoint(endpoint)
                                                        .driverOnCallerThread(true),
                                        valueLength,
                                        idle())
                                .measure(durationNs));
                ipc.add(
                        new GetLoad(
                                        () -> new ClientContext().dataDir(dataDir(directory, 1)),
                                        valueLength,
                                        idle())
                                .measure(durationNs));
            }
        }
    }

    private static Path dataDir(final Path directory, final int writers) {
        return directory.resolve("store-" + writers);
    }

    private void measurePuts(final Path directory, final List<Figures> puts)
            throws IOException, InterruptedException {
        final long durationNs = TimeUnit.MILLISECONDS.toNanos(millis);
        try (Child ignore = new Child(EchoNode.STOAT_TWO_WRITERS, directory, freeEndpoint())) {
            final GetLoad load =
                    new GetLoad(
                            () -> new ClientContext().dataDir(dataDir(directory, 2)),
                            valueLength,
                            idle());
            puts.add(new Figures(load.put(true, durationNs), load.put(false, durationNs), 0, 0));
        }
    }

    private static String freeEndpoint() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    private void print(
            final String transport,
            final List<Figures> bare,
            final List<Figures> stoat,
            final double p50Bound,
            final double p99Bound) {
        out.printf(
                Locale.ROOT,
                "%s, %d-byte values%n  %-28s %12s %12s %8s%n",
                transport,
                valueLength,
                "",
                "bare echo",
                "stoat get",
                "ratio");
        latency("round trip p50, us", bare, stoat, Figures::p50Ns, p50Bound);
        latency("round trip p99, us", bare, stoat, Figures::p99Ns, p99Bound);
        rate("a second, one a message", bare, stoat, Figures::single, 0.8);
        rate("a second, batched", bare, stoat, Figures::batched, 3);
    }

    private void latency(
            final String name,
            final List<Figures> bare,
            final List<Figures> stoat,
            final ToDoubleFunction<Figures> figure,
            final double bound) {
        final double ratio = ratio(stoat, bare, figure, figure);
        out.printf(
                Locale.ROOT,
                "  %-28s %12.2f %12.2f %8.2f  %s%n",
                name,
                median(bare, figure) / 1e3,
                median(stoat, figure) / 1e3,
                ratio,
                bound == 0 ? "" : verdict(ratio <= bound, "at most " + bound));
    }

    private void rate(
            final String name,
            final List<Figures> bare,
            final List<Figures> stoat,
            final ToDoubleFunction<Figures> figure,
            final double bound) {
        final double ratio = ratio(stoat, bare, figure, Figures::single);
        out.printf(
                Locale.ROOT,
                "  %-28s %,12.0f %,12.0f %8.2f  %s%n",
                name,
                median(bare, Figures::single),
                median(stoat, figure),
                ratio,
                verdict(ratio >= bound, "at least " + bound));
    }

    private String verdict(final boolean ok, final String bound) {
        met &= ok;
        return bound + (ok ? ": met" : ": missed");
    }

    private static double median(
            final List<Figures> figures, final ToDoubleFunction<Figures> figure) {
        return Median.of(figures.stream().mapToDouble(figure).toArray());
    }

    private static double ratio(
            final List<Figures> of,
            final List<Figures> to,
            final ToDoubleFunction<Figures> figure,
            final ToDoubleFunction<Figures> base) {
        final double[] ratios = new double[of.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = figure.applyAsDouble(of.get(i)) / base.applyAsDouble(to.get(i));
        }
        return Median.of(ratios);
    }

    /** An {@link EchoNode} in a JVM of its own. */
    private final class Child implements AutoCloseable {
        private final Process process;

        Child(final String kind, final Path directory, final String endpoint) throws IOException {
            final String options = System.getProperty("stoat.jvm.options");
            final List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            if (options != null) {
                command.add("@" + options);
            }
            command.addAll(
                    List.of(
                            "-cp",
                            System.getProperty("java.class.path"),
                            EchoNode.class.getName(),
                            kind,
                            directory.toString(),
                            endpoint,
                            String.valueOf(valueLength),
                            String.valueOf(!yielding)));
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            final BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
            final StringBuilder output = new StringBuilder();
            for (String line = lines.readLine();
                    !EchoNode.READY.equals(line);
                    line = lines.readLine()) {
                if (line == null) {
                    process.destroyForcibly();
                    throw new IllegalStateException("the node did not start: " + output);
                }
                output.append(line).append('\n');
            }
        }

        @Override
        public void close() throws IOException, InterruptedException {
            process.getOutputStream().close();
            if (!process.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException("the node did not end in time");
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("the node ended with " + process.exitValue());
            }
        }
    }
}
