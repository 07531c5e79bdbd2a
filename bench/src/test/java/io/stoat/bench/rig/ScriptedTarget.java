package io.stoat.bench.rig;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.target.InFlight;
import io.stoat.bench.target.Outcome;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Session;
import io.stoat.bench.target.Target;
import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.HdrHistogram.HistogramLogWriter;

/** A target whose session is given: what it does wrong is the test's. */
record ScriptedTarget(
        Function<InFlight, Session> session, Function<Target.Event, BooleanSupplier> events)
        implements Target {
    ScriptedTarget(final Function<InFlight, Session> session) {
        this(session, null);
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String settings() {
        return "";
    }

    @Override
    public Connector open(final RunContext context) {
        return new Connector() {
            @Override
            public Function<InFlight, Session> connect(final int client) {
                return session;
            }

            @Override
            public boolean isLoaded() {
                return true;
            }

            @Override
            public BooleanSupplier cause(final Event event) {
                return events.apply(event);
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }

    /** Reads of a few keys. */
    static Workload reads() {
        return Workload.named("read").withKeys(100);
    }

    /** Runs phases during which nothing happens but their load, without a log. */
    static List<PhaseResult> run(
            final Path directory,
            final Target target,
            final Workload workload,
            final int clients,
            final Phase... phases) {
        return run(directory, target, workload, clients, null, List.of(), phases);
    }

    /** Puts phases on a target, in this process. */
    static List<PhaseResult> run(
            final Path directory,
            final Target target,
            final Workload workload,
            final int clients,
            final HistogramLogWriter log,
            final List<PlannedEvent> events,
            final Phase... phases) {
        final RunSpec spec =
                new RunSpec(
                                "test",
                                target.name(),
                                workload,
                                clients,
                                List.of(phases),
                                0,
                                50,
                                "",
                                "off",
                                Map.of())
                        .withEvents(events);
        final List<PhaseResult> results = new ArrayList<>();
        new LoadRig(
                        target,
                        spec,
                        new RunContext(workload, clients, directory, "", Map.of(), false),
                        log,
                        results::add,
                        text -> {})
                .drainTimeoutNs(TimeUnit.SECONDS.toNanos(1))
                .run();
        return results;
    }

    /** Answers every operation on the next poll, with an outcome by its number. */
    static class Answers implements Session {
        private final InFlight inFlight;
        private final ArrayDeque<Integer> slots = new ArrayDeque<>();
        long count;

        Answers(final InFlight inFlight) {
            this.inFlight = inFlight;
        }

        int outcome() {
            return Outcome.OK;
        }

        @Override
        public boolean offer(final Operation operation, final int slot) {
            slots.add(slot);
            return true;
        }

        @Override
        public int poll() {
            int answered = 0;
            while (!slots.isEmpty()) {
                final int slot = slots.poll();
                count++;
                final int outcome = outcome();
                if (outcome >= 0) {
                    inFlight.complete(slot, outcome);
                    answered++;
                }
            }
            return answered;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
