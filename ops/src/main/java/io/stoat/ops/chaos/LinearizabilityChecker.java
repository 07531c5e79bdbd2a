package io.stoat.ops.chaos;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the operations on one key could have happened one after the other, each at some moment
 * between its call and its return, with the answers that they had. The search of Wing and Gong,
 * with Lowe's memory of configurations that led nowhere. An operation with an unknown outcome may
 * have happened at any moment after its call, or never.
 */
final class LinearizabilityChecker {
    /** A call or a return in the list of events, which is in the order of time. */
    private static final class Event {
        private final int operation;
        private final Event itsReturn;
        private final long timeNs;
        private Event previous;
        private Event next;

        Event(final int operation, final Event itsReturn, final long timeNs) {
            this.operation = operation;
            this.itsReturn = itsReturn;
            this.timeNs = timeNs;
        }

        void unlink() {
            previous.next = next;
            if (next != null) {
                next.previous = previous;
            }
        }

        void relink() {
            previous.next = this;
            if (next != null) {
                next.previous = this;
            }
        }
    }

    private record Configuration(BitSet done, KeyState state) {}

    private record Step(Event call, KeyState before) {}

    private final List<Operation> operations;
    private final Event head = new Event(-1, null, Long.MIN_VALUE);
    private int openKnown;

    private LinearizabilityChecker(final List<Operation> operations) {
        this.operations =
                operations.stream()
                        // one that changes nothing and whose answer nobody has says nothing
                        .filter(
                                operation ->
                                        !operation.isUnknown()
                                                || operation.kind() != Operation.Kind.GET)
                        .toList();
        link();
    }

    /**
     * @param operations on one key, in any order.
     * @param maxSteps of the search, after which it gives up.
     * @return true: linearizable; false: not.
     * @throws IllegalStateException when the search gave up.
     */
    static boolean isLinearizable(final List<Operation> operations, final long maxSteps) {
        return new LinearizabilityChecker(operations).search(maxSteps);
    }

    private void link() {
        final List<Event> events = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            final Operation operation = operations.get(i);
            Event itsReturn = null;
            if (!operation.isUnknown()) {
                itsReturn = new Event(i, null, operation.returnedNs());
                events.add(itsReturn);
                openKnown++;
            }
            events.add(new Event(-2 - i, itsReturn, operation.invokedNs()));
        }
        // a call at the very moment of a return may have been before it
        events.sort(
                Comparator.<Event>comparingLong(event -> event.timeNs)
                        .thenComparing(event -> event.operation < 0 ? 0 : 1));
        Event last = head;
        for (final Event event : events) {
            last.next = event;
            event.previous = last;
            last = event;
        }
    }

    private static boolean isCall(final Event event) {
        return event.operation < -1;
    }

    private Operation operationOf(final Event call) {
        return operations.get(-2 - call.operation);
    }

    private boolean search(final long maxSteps) {
        final Set<Configuration> seen = new HashSet<>();
        final Deque<Step> steps = new ArrayDeque<>();
        final BitSet done = new BitSet(operations.size());
        KeyState state = KeyState.ABSENT;
        Event event = head.next;
        for (long step = 0; openKnown > 0; step++) {
            if (step > maxSteps) {
                throw new IllegalStateException(
                        "undecided after "
                                + maxSteps
                                + " steps: "
                                + operations.size()
                                + " operations");
            }
            if (event != null && isCall(event)) {
                final KeyState after = state.after(operationOf(event));
                final int index = -2 - event.operation;
                if (after != null) {
                    done.set(index);
                    if (seen.add(new Configuration((BitSet) done.clone(), after))) {
                        steps.push(new Step(event, state));
                        state = after;
                        take(event);
                        event = head.next;
                        continue;
                    }
                    done.clear(index);
                }
                event = event.next;
            } else {
                // a return whose call was not taken, or nothing left to take: another order
                if (steps.isEmpty()) {
                    return false;
                }
                final Step undone = steps.pop();
                state = undone.before();
                done.clear(-2 - undone.call().operation);
                putBack(undone.call());
                event = undone.call().next;
            }
        }
        return true;
    }

    private void take(final Event call) {
        call.unlink();
        if (call.itsReturn != null) {
            call.itsReturn.unlink();
            openKnown--;
        }
    }

    private void putBack(final Event call) {
        if (call.itsReturn != null) {
            call.itsReturn.relink();
            openKnown++;
        }
        call.relink();
    }
}
