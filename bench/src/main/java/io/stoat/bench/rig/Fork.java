package io.stoat.bench.rig;

import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.result.JsonFile;
import io.stoat.bench.result.ProcessFacts;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.target.NodeLauncher;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One repetition of a run: starts the node's process and the load's, and ends both. */
public final class Fork {
    private static final long LOAD_END_TIMEOUT_MS = 500;

    /** Beside the load of the keys and the phases. */
    private static final long SPARE_MS = TimeUnit.MINUTES.toMillis(1);

    private static final List<String> FLAGS = List.of("-Xms256m", "-Xmx2g");

    private final RunSpec spec;
    private final Build build;
    private final int number;
    private final Consumer<String> progress;
    private Recorder recorder;
    private Turns turns;
    private int side;
    private long deadlineNs = Long.MAX_VALUE;
    private List<ProcessFacts> nodeProcesses = List.of();
    private volatile boolean nodeReady;

    /**
     * @param spec of the run.
     * @param build to run.
     * @param number of the repetition.
     * @param progress told what is going on, on any thread.
     */
    public Fork(
            final RunSpec spec,
            final Build build,
            final int number,
            final Consumer<String> progress) {
        this.spec = spec;
        this.build = build;
        this.number = number;
        this.progress = progress;
    }

    /**
     * @param newRecorder makes recordings of node and load.
     * @return this
     */
    public Fork recorder(final Recorder newRecorder) {
        recorder = newRecorder;
        return this;
    }

    /**
     * @param newTurns that its processes take with those of other forks.
     * @param newSide of this one.
     * @return this
     */
    public Fork turns(final Turns newTurns, final int newSide) {
        turns = newTurns;
        side = newSide;
        return this;
    }

    /**
     * @param timeoutMs after which it is cut off, ms from now on.
     * @return this
     */
    public Fork timeoutMs(final long timeoutMs) {
        deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        return this;
    }

    /** A time-out, or what is left until the fork is cut off, if that is less. */
    private long boundedNs(final long timeoutNs) {
        return deadlineNs == Long.MAX_VALUE
                ? timeoutNs
                : Math.max(0, Math.min(timeoutNs, deadlineNs - System.nanoTime()));
    }

    /** How long it may take to load the keys, by the node or by the load, ns. */
    private long loadLimitNs() {
        return TimeUnit.MILLISECONDS.toNanos(
                Loader.limitMs(
                        spec.workload().keys(), Targets.named(spec.target()).loadNsPerKey()));
    }

    private void join(final ChildProcess process) {
        if (turns != null) {
            turns.join(side, process.pid());
        }
    }

    private void leave(final ChildProcess process) {
        if (turns != null) {
            turns.leave(side, process.pid());
        }
    }

    private List<String> flags(final String role) {
        final List<String> flags = new ArrayList<>(FLAGS);
        if (recorder != null) {
            flags.addAll(recorder.flags(role));
        }
        return flags;
    }

    /**
     * Runs it.
     *
     * @param output file for the result; its histogram log lies beside it.
     * @return the result, with its {@link RunResult#failure()} if it failed.
     */
    public RunResult run(final Path output) {
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            final Target target = Targets.named(spec.target());
            final NodeLauncher launcher = target.nodeLauncher();
            if (launcher == null) {
                return load(scratch.path(), "", output, null);
            }
            final String address = launcher.newAddress();
            final RunContext context =
                    new RunContext(
                            spec.workload(),
                            spec.clients(),
                            scratch.path(),
                            address,
                            spec.options(),
                            false);
            progress.accept("starting node");
            try (ChildProcess node =
                    new ChildProcess(
                            build.command(
                                    launcher.command(context, address, spec.plan()), flags("node")),
                            launcher.endTimeoutMs(),
                            line -> nodeReady |= launcher.isReady(context, address, line))) {
                join(node);
                try {
                    final String problem = awaitReady(launcher, context, node);
                    nodeProcesses = ProcessProbe.nodeAndMembers(node.pid());
                    return problem == null
                            ? load(scratch.path(), address, output, node)
                            : failed(problem);
                } finally {
                    leave(node);
                }
            }
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            return failed("interrupted");
        }
    }

    private String awaitReady(
            final NodeLauncher launcher, final RunContext context, final ChildProcess node)
            throws InterruptedException {
        final long timeoutNs = boundedNs(loadLimitNs());
        final long readyByNs = System.nanoTime() + timeoutNs;
        while (!nodeReady && !launcher.isReady(context, context.address(), null)) {
            if (node.awaitEnd(10)) {
                return "the node ended with " + node.exitValue() + ": " + node.finalOutput();
            }
            if (System.nanoTime() - readyByNs > 0) {
                return "the node was not ready in " + seconds(timeoutNs) + ": " + node.output();
            }
        }
        return null;
    }

    private RunResult load(
            final Path directory, final String address, final Path output, final ChildProcess node)
            throws InterruptedException {
        final Path specFile = directory.resolve("run.json");
        JsonFile.write(specFile, spec.toMap());
        try (ChildProcess load =
                new ChildProcess(
                        build.command(
                                List.of(
                                        NodeLauncher.JAVA,
                                        LoadProcess.class.getName(),
                                        specFile.toString(),
                                        directory.toString(),
                                        address,
                                        output.toString(),
                                        build.name(),
                                        String.valueOf(number),
                                        String.valueOf(node == null ? 0 : node.pid())),
                                flags("load")),
                        LOAD_END_TIMEOUT_MS,
                        this::report)) {
            join(load);
            try {
                final long timeoutNs =
                        boundedNs(
                                loadLimitNs()
                                        + TimeUnit.MILLISECONDS.toNanos(
                                                spec.longestMs() + SPARE_MS));
                if (!load.awaitEnd(TimeUnit.NANOSECONDS.toMillis(timeoutNs))) {
                    return failed("the load did not end in " + seconds(timeoutNs));
                }
            } finally {
                leave(load);
            }
            if (!Files.exists(output)) {
                return failed(
                        "the load ended with " + load.exitValue() + ": " + load.finalOutput());
            }
        }
        final RunResult result = RunResult.of(JsonFile.read(output)).withProcesses(nodeProcesses);
        if (node != null && !node.isAlive()) {
            return result.failed("the node died during the run: " + node.output());
        }
        return result;
    }

    private static String seconds(final long ns) {
        return TimeUnit.NANOSECONDS.toSeconds(ns) + " s";
    }

    private void report(final String line) {
        if (line.startsWith(LoadProcess.PROGRESS)) {
            progress.accept(line.substring(LoadProcess.PROGRESS.length()));
        }
    }

    private RunResult failed(final String problem) {
        final Target target = Targets.named(spec.target());
        return new RunResult(
                spec,
                build.name(),
                number,
                target.version(),
                target.settings(spec.options()),
                List.of(),
                null,
                nodeProcesses,
                problem);
    }
}
