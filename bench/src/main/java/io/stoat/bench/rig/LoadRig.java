package io.stoat.bench.rig;

import io.stoat.affinity.Topology;
import io.stoat.bench.WarmUp;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.target.ClientThreads;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Target;
import io.stoat.bench.workload.TradeTape;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Puts the phases of one run on an open target, in the load's process. The first phase that goes
 * wrong ends the run.
 */
final class LoadRig {
    /** Share of a round that compilers may take, in a clock of steps of 10 ms. */
    private static final double BUSY_COMPILERS = 0.05;

    private final Target target;
    private final RunSpec spec;
    private final RunContext context;
    private final HistogramLogWriter log;
    private final Consumer<PhaseResult> results;
    private final Consumer<String> progress;
    private final ClientThreads threads;
    private Target.Connector connector;
    private Clients clients;
    private long drainTimeoutNs = TimeUnit.SECONDS.toNanos(45);
    private double capacity;
    private LongSupplier compiledMs = CompilerClock.ofRun(0)::compiledMs;

    /**
     * @param target to put the load on.
     * @param spec of the run.
     * @param context of the run.
     * @param log to write interval histograms to, or null.
     * @param results told of each phase as it ends.
     * @param progress told what is going on.
     */
    LoadRig(
            final Target target,
            final RunSpec spec,
            final RunContext context,
            final HistogramLogWriter log,
            final Consumer<PhaseResult> results,
            final Consumer<String> progress) {
        this.target = target;
        this.spec = spec;
        this.context = context;
        this.log = log;
        this.results = results;
        this.progress = progress;
        threads =
                context.pinned()
                        ? ClientThreads.of(spec.plan(), spec.clients(), Topology.read())
                        : new ClientThreads(List.of());
    }

    /** How long answers are awaited after a phase's end, ns. */
    LoadRig drainTimeoutNs(final long timeoutNs) {
        drainTimeoutNs = timeoutNs;
        return this;
    }

    /** What the compilers of all measured JVMs took so far, ms. */
    LoadRig compiledMs(final LongSupplier newCompiledMs) {
        compiledMs = newCompiledMs;
        return this;
    }

    void run() {
        final TradeTape tape = spec.tape().isEmpty() ? null : TradeTape.read(Path.of(spec.tape()));
        try (Target.Connector opened = target.open(context)) {
            connector = opened;
            clients =
                    new Clients(
                            spec,
                            connector,
                            tape,
                            context.pinned(),
                            drainTimeoutNs,
                            threads.newFactory(progress));
            try {
                if (!connector.isLoaded()) {
                    progress.accept("loading");
                    clients.load(spec.workload(), target.loadNsPerKey());
                }
                if (spec.warmUpMs() > 0) {
                    warmUp();
                }
                for (final Phase phase : spec.phases()) {
                    progress.accept(phase.label());
                    final PhaseResult result = measured(phase);
                    results.accept(result);
                    if (result.problem() != null) {
                        return;
                    }
                }
            } finally {
                clients.close();
            }
        }
    }

    private void warmUp() {
        final long roundMs = Math.max(1, spec.warmUpMs() / RunSpec.LEAST_WARM_UP_ROUNDS);
        final WarmUp warm =
                WarmUp.of(
                        new WarmUp.Subject<RuntimeException>() {
                            @Override
                            public void round(final int round) {
                                progress.accept("warm-up " + round);
                                final PhaseResult result = measure(Phase.closed(roundMs), 0, null);
                                capacity = result.throughput();
                                requireSound(result);
                            }

                            @Override
                            public long compiledMs() {
                                return compiledMs.getAsLong();
                            }
                        },
                        RunSpec.MOST_WARM_UP_ROUNDS,
                        BUSY_COMPILERS);
        if (log != null) {
            log.outputComment("[" + warm + "]");
        }
    }

    private static void requireSound(final PhaseResult result) {
        if (result.problem() != null) {
            throw new IllegalStateException("during warm-up: " + result.problem());
        }
    }

    private PhaseResult measured(final Phase phase) {
        return switch (phase.loop()) {
            case SEARCH ->
                    new RateSearch(
                                    phase.p99BoundNs(),
                                    rate ->
                                            measure(
                                                    Phase.open(rate, phase.durationMs()),
                                                    rate,
                                                    null))
                            .run(requireCapacity(phase), phase.label());
            case OPEN -> {
                final double rate =
                        phase.rate() > 0 ? phase.rate() : phase.share() * requireCapacity(phase);
                yield measure(phase, rate, log);
            }
            case CLOSED, WINDOW -> {
                final PhaseResult result = measure(phase, 0, log);
                capacity = result.throughput();
                yield result;
            }
            case REPLAY -> measure(phase, 0, log);
        };
    }

    private double requireCapacity(final Phase phase) {
        if (!(capacity > 0)) {
            throw new IllegalArgumentException(
                    "phase "
                            + phase.label()
                            + " needs a closed or window phase, or a warm-up, before it");
        }
        return capacity;
    }

    private PhaseResult measure(
            final Phase phase, final double rate, final HistogramLogWriter phaseLog) {
        Measurement.reset(clients.loops());
        final Clients.PhaseRun run = clients.start(phase, rate);
        final Measurement measurement =
                new Measurement(phase, rate, clients.loops(), phaseLog, run.startNs());
        final long hardEndNs =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(phase.durationMs() + 60_000);
        final EventScript events =
                new EventScript(
                        connector,
                        clients.loops(),
                        phaseLog == null ? List.of() : spec.eventsOf(phase),
                        run.startNs(),
                        TimeUnit.MILLISECONDS.toNanos(phase.durationMs()));
        while (!run.awaitEnd(events.isIdle() ? spec.sampleMs() : EventScript.INTERVAL_MS)) {
            events.advance();
            measurement.sampleAfter(spec.sampleMs());
            if (System.nanoTime() - hardEndNs > 0) {
                clients.loops().forEach(LoadLoop::stop);
                throw new IllegalStateException(
                        "phase " + phase.label() + " did not end: the target does not answer");
            }
        }
        run.check();
        events.advance();
        return measurement.result(events.marks());
    }
}
