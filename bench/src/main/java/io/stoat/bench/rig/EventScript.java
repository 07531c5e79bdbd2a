package io.stoat.bench.rig;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.target.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Causes the planned events of a phase at their times, and notes when they happened and when they
 * were over; after a kill also when the first write that was due later was acknowledged. One
 * thread, beside the clients.
 */
final class EventScript {
    /** How often it should be asked to go on while it has something to do, ms. */
    static final long INTERVAL_MS = 2;

    private final Target.Connector connector;
    private final List<LoadLoop> loops;
    private final List<PlannedEvent> planned;
    private final long startNs;
    private final long durationNs;
    private final List<Map.Entry<Target.Event, BooleanSupplier>> underWay = new ArrayList<>();
    private final List<PhaseResult.Event> marks = new ArrayList<>();
    private int next;
    private boolean awaitsWrite;

    EventScript(
            final Target.Connector connector,
            final List<LoadLoop> loops,
            final List<PlannedEvent> planned,
            final long startNs,
            final long durationNs) {
        this.connector = connector;
        this.loops = loops;
        this.planned =
                planned.stream().sorted(Comparator.comparingDouble(PlannedEvent::share)).toList();
        this.startNs = startNs;
        this.durationNs = durationNs;
    }

    boolean isIdle() {
        return next == planned.size() && underWay.isEmpty() && !awaitsWrite;
    }

    /** Causes what is due and looks at what is under way. */
    void advance() {
        final long nowNs = System.nanoTime();
        while (next < planned.size()
                && nowNs - startNs >= (long) (planned.get(next).share() * durationNs)) {
            cause(planned.get(next++).event());
        }
        underWay.removeIf(
                entry -> {
                    final boolean isOver = entry.getValue().getAsBoolean();
                    if (isOver) {
                        mark(System.nanoTime(), entry.getKey().endLabel());
                    }
                    return isOver;
                });
        if (awaitsWrite) {
            noteFirstWrite();
        }
    }

    private void cause(final Target.Event event) {
        final long nowNs = System.nanoTime();
        underWay.add(Map.entry(event, connector.cause(event)));
        mark(nowNs, event.label());
        if (event == Target.Event.KILL_LEADER) {
            // what was sent before may still be acknowledged by whom is being killed
            final long killedNs = System.nanoTime();
            loops.forEach(loop -> loop.inFlight().awaitWriteFrom(killedNs));
            awaitsWrite = true;
        }
    }

    private void noteFirstWrite() {
        loops.stream()
                .mapToLong(loop -> loop.inFlight().firstWriteNs())
                .filter(ns -> ns != 0)
                .min()
                .ifPresent(
                        ns -> {
                            mark(ns, PhaseResult.FIRST_WRITE);
                            awaitsWrite = false;
                        });
    }

    private void mark(final long ns, final String name) {
        marks.add(new PhaseResult.Event(Math.round((ns - startNs) / 1e6) / 1e3, name));
    }

    /** Marks so far, in the order of their times. */
    List<PhaseResult.Event> marks() {
        return marks.stream()
                .sorted(Comparator.comparingDouble(PhaseResult.Event::seconds))
                .toList();
    }
}
