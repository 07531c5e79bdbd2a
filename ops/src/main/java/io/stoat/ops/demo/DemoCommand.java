package io.stoat.ops.demo;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.ops.CommandFailure;
import io.stoat.ops.TemporaryDirectory;
import io.stoat.ops.cluster.ClusterDemo;
import io.stoat.replication.ClusterConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat demo}: a node, a feed, two shared-memory readers and a client, each a process, and
 * what they measure.
 */
@Command(
        name = "demo",
        description = {
            "Run the whole store for a few seconds: a node; a feed that publishes market data through it over IPC;",
            "two readers that attach to shared memory (one in place, one copying) and check every read;",
            "and a client that reads the same keys over IPC and UDP. Each is a process of its own.",
            "All work in bursts with short pauses, so that the demo also runs on two cores; the first 3 seconds warm up.",
            "Exit code 1 if any read was wrong, a process died, or one got no answer to anything; single reads",
            "without an answer, as on a host that is overloaded, are told apart from wrong ones."
        },
        footer = {
            "",
            "Examples:",
            "  stoat demo --seconds 10",
            "  stoat demo --input trades.csv --json figures.json",
            "  stoat demo --nodes 3 --seconds 10",
            "  stoat demo --nodes 3 --groups 2"
        })
public final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--input",
            paramLabel = "FILE.csv",
            description =
                    "Market data with the columns Time, Price, Volume; looped until time is up (default: a built-in generator).")
    private Path input;

    @Option(
            names = "--symbols",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Keys (default: ${DEFAULT-VALUE}).")
    private int symbols;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1",
            description = {
                "Members (default: ${DEFAULT-VALUE}). With 3 or more another demo runs: counters on that many member",
                "processes; the leader is killed half-way, and every counter must be what was acknowledged."
            })
    private int nodes;

    @Option(
            names = "--groups",
            paramLabel = "N",
            defaultValue = "1",
            description = {
                "With several --nodes: independent groups over which the keys are spread, each with a leader of its own",
                "(default: ${DEFAULT-VALUE})."
            })
    private int groups;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON too.")
    private Path json;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Data directory to use and keep (default: a temporary one).")
    private Path dataDir;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (!(seconds >= 0.5 && seconds <= 86_400)) {
            throw CommandFailure.usage("--seconds=" + seconds + ": must be from 0.5 to 86400");
        }
        if (symbols < 1 || symbols > 1_000_000) {
            throw CommandFailure.usage("--symbols=" + symbols + ": must be from 1 to 1000000");
        }
        final PrintWriter out = spec.commandLine().getOut();
        if (nodes != 1) {
            if (nodes < 3 || nodes > ClusterConfig.MAX_MEMBERS) {
                throw CommandFailure.usage(
                        "--nodes="
                                + nodes
                                + ": must be 1, or from 3 to "
                                + ClusterConfig.MAX_MEMBERS);
            }
            if (groups < 1 || groups > 4) {
                throw CommandFailure.usage("--groups=" + groups + ": must be from 1 to 4");
            }
            new ClusterDemo(out, nodes, groups, seconds).run();
            return 0;
        }
        final int inputRows = input == null ? 0 : TickSource.csv(input, symbols).rows();
        final boolean isTemporary = dataDir == null;
        final Path dir = isTemporary ? TemporaryDirectory.create("demo") : dataDir.toAbsolutePath();
        final DemoProcesses processes =
                new DemoProcesses(dir, isTemporary, seconds, symbols, input, out);
        final DemoFigures figures = run(processes, dir, inputRows);
        figures.print(out);
        if (json != null) {
            Files.writeString(
                    json,
                    JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(figures.asMap())
                            + "\n");
        }
        if (figures.torn() > 0) {
            throw CommandFailure.failed(figures.torn() + " reads were wrong");
        }
        return 0;
    }

    private DemoFigures run(final DemoProcesses processes, final Path dir, final int inputRows) {
        final Thread cleaner = new Thread(() -> cleanUp(processes, dir), "demo-clean-up");
        Runtime.getRuntime().addShutdownHook(cleaner);
        boolean isInterrupted = false;
        CommandFailure failure = null;
        DemoFigures figures = null;
        try {
            figures = processes.run(inputRows);
        } catch (final CommandFailure ex) {
            failure = ex;
        } finally {
            cleanUp(processes, dir);
            isInterrupted = !forget(cleaner);
        }
        if (isInterrupted) {
            // that its processes ended, too, is no failure of theirs
            throw CommandFailure.failed("interrupted");
        }
        if (failure != null) {
            throw failure;
        }
        return figures;
    }

    /** False when this process is ending, and the hook runs. */
    private static boolean forget(final Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            return true;
        } catch (final IllegalStateException ending) {
            return false;
        }
    }

    private void cleanUp(final DemoProcesses processes, final Path dir) {
        processes.close();
        if (dataDir == null) {
            IoUtil.delete(dir.toFile(), true);
        }
    }
}
