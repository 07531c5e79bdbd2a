package io.stoat.ops.chaos;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Whether local reads of one key kept what they promised, beside a history of operations: what was
 * read had been written; a read after a position is not older than the last change up to there; a
 * bounded read is not older than the last change that was acknowledged before its bound began.
 * Operations of the history have one command a message, so positions order them. One thread.
 */
final class LocalReadCheck {
    /** The log's time is in ms, of another process. */
    private static final long SLACK_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final TreeMap<Long, Operation> changesByPosition = new TreeMap<>();
    private final TreeMap<Long, Operation> lastChangeByReturn = new TreeMap<>();
    private final Map<Long, Operation> writesByVersion = new HashMap<>();
    private final List<Operation> unknown = new ArrayList<>();

    /**
     * @param history of operations on the key, of all clients, in any order.
     */
    LocalReadCheck(final List<Operation> history) {
        final List<Operation> changes = new ArrayList<>();
        for (final Operation operation : history) {
            if (operation.isChange()) {
                changes.add(operation);
                changesByPosition.put(operation.position(), operation);
                if (operation.kind() != Operation.Kind.REMOVE) {
                    writesByVersion.put(operation.version(), operation);
                }
            } else if (operation.isUnknown() && operation.kind() != Operation.Kind.GET) {
                unknown.add(operation);
            }
        }
        changes.sort(Comparator.comparingLong(Operation::returnedNs));
        Operation last = null;
        for (final Operation change : changes) {
            last = last == null || change.position() > last.position() ? change : last;
            lastChangeByReturn.put(change.returnedNs(), last);
        }
    }

    /**
     * @return what is wrong with a read, or null.
     */
    String violation(final LocalRead read) {
        if (read.isFound() && !wasWritten(read)) {
            return "was never written before: " + read;
        }
        final Operation floor = floor(read);
        if (floor == null || isNotOlder(read, floor)) {
            return null;
        }
        return "is older than " + floor + ": " + read;
    }

    private boolean wasWritten(final LocalRead read) {
        final Operation write = writesByVersion.get(read.version());
        if (write != null) {
            final long written =
                    write.kind() == Operation.Kind.ADD ? write.value() : write.argument();
            return written == read.value() && write.invokedNs() <= read.returnedNs();
        }
        return unknown.stream()
                .filter(operation -> operation.invokedNs() <= read.returnedNs())
                .anyMatch(
                        operation ->
                                switch (operation.kind()) {
                                    // nobody was told the sum
                                    case ADD -> true;
                                    case PUT, PUT_IF_VERSION ->
                                            operation.argument() == read.value();
                                    case GET, REMOVE -> false;
                                });
    }

    /** The last change that the read must not miss, or null for none. */
    private Operation floor(final LocalRead read) {
        final Map.Entry<Long, Operation> floor =
                switch (read.kind()) {
                    case ANY_AGE -> null;
                    case AFTER -> changesByPosition.floorEntry(read.bound());
                    case BOUNDED ->
                            lastChangeByReturn.floorEntry(
                                    read.invokedNs()
                                            - TimeUnit.MILLISECONDS.toNanos(read.bound())
                                            - SLACK_NS);
                };
        return floor == null ? null : floor.getValue();
    }

    private boolean isNotOlder(final LocalRead read, final Operation floor) {
        if (floor.kind() == Operation.Kind.REMOVE) {
            return !read.isFound() || read.version() > floor.position();
        }
        return read.isFound()
                ? read.version() >= floor.version()
                : mayBeRemovedAfter(floor.position(), read.returnedNs());
    }

    private boolean mayBeRemovedAfter(final long position, final long beforeNs) {
        return changesByPosition.tailMap(position, false).values().stream()
                        .anyMatch(change -> isRemoval(change, beforeNs))
                || unknown.stream().anyMatch(operation -> isRemoval(operation, beforeNs));
    }

    private static boolean isRemoval(final Operation operation, final long beforeNs) {
        return operation.kind() == Operation.Kind.REMOVE && operation.invokedNs() <= beforeNs;
    }
}
