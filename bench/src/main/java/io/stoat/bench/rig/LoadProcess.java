package io.stoat.bench.rig;

import io.stoat.affinity.Topology;
import io.stoat.bench.result.JsonFile;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ProcessFacts;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.target.ClientThreads;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.HistogramLogWriter;

/**
 * The load's process: reads a run from a file, puts it on its target and writes the result after
 * each phase, so that what is there survives its end. Ends when its standard input does.
 */
public final class LoadProcess {
    /** Lines of its output that begin so are for people. */
    static final String PROGRESS = "PROGRESS ";

    private final RunSpec spec;
    private final String build;
    private final int fork;
    private final Path output;
    private final Target target;
    private final List<PhaseResult> phases = new ArrayList<>();
    private List<ProcessFacts> processes = List.of();

    private LoadProcess(final RunSpec spec, final String build, final int fork, final Path output) {
        this.spec = spec;
        this.build = build;
        this.fork = fork;
        this.output = output;
        target = Targets.named(spec.target());
    }

    /**
     * Runs a load.
     *
     * @param args file with the run, directory for the target's files, address of the node, file
     *     for the result, name of the build, number of the fork, process id of the node or 0 when
     *     there is none.
     * @throws IOException when standard input fails.
     */
    public static void main(final String[] args) throws IOException {
        endWithParent();
        final Map<String, Object> map = JsonFile.read(Path.of(args[0]));
        final RunSpec spec = RunSpec.of(map);
        final LoadProcess process =
                new LoadProcess(spec, args[4], Integer.parseInt(args[5]), Path.of(args[3]));
        final long node = args.length > 6 ? Long.parseLong(args[6]) : 0;
        process.run(Path.of(args[1]), args[2], CompilerClock.ofRun(node));
        System.exit(0);
    }

    private static void endWithParent() {
        final Thread watch =
                new Thread(
                        () -> {
                            try {
                                while (System.in.read() >= 0) {
                                    Thread.onSpinWait();
                                }
                            } catch (final IOException ignore) {
                                // the parent is gone
                            }
                            Runtime.getRuntime().halt(3);
                        },
                        "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private void run(final Path directory, final String address, final CompilerClock compilers)
            throws FileNotFoundException {
        final Path logFile =
                output.resolveSibling(
                        output.getFileName().toString().replaceAll("\\.json$", "") + ".hlog");
        final HistogramLogWriter log = new HistogramLogWriter(logFile.toFile());
        log.outputComment("[" + spec.key() + ", build " + build + ", fork " + fork + "; ns]");
        log.outputLogFormatVersion();
        log.outputStartTime(System.currentTimeMillis());
        log.outputLegend();
        final boolean pinned =
                ClientThreads.of(spec.plan(), spec.clients(), Topology.read()).arePinned();
        String problem = null;
        try {
            new LoadRig(
                            target,
                            spec,
                            new RunContext(
                                    spec.workload(),
                                    spec.clients(),
                                    directory,
                                    address,
                                    spec.options(),
                                    pinned),
                            log,
                            result -> {
                                phases.add(result);
                                if (processes.isEmpty()) {
                                    processes =
                                            List.of(
                                                    ProcessProbe.of(
                                                            "load", ProcessHandle.current().pid()));
                                }
                                write(logFile, null);
                            },
                            text -> System.out.println(PROGRESS + text))
                    .compiledMs(compilers::compiledMs)
                    .run();
        } catch (final RuntimeException | LinkageError ex) {
            problem = ex.toString();
            ex.printStackTrace(System.out);
        } finally {
            log.close();
        }
        write(logFile, problem);
    }

    private void write(final Path logFile, final String problem) {
        JsonFile.write(
                output,
                new RunResult(
                                spec,
                                build,
                                fork,
                                target.version(),
                                target.settings(spec.options()),
                                phases,
                                logFile.getFileName().toString(),
                                processes,
                                problem)
                        .toMap());
    }
}
