package io.stoat.ops;

import io.stoat.replication.ReplicationStatus;
import io.stoat.replication.ResultListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;

/** Rows that were sent to a cluster in messages of many, until each has its outcome. */
final class RowsInFlight implements ResultListener {
    private final Map<Long, List<Row>> rowsByMessage = new HashMap<>();

    /** A row, and who is told. */
    record Row(long row, DirectBuffer key, CommandTarget.RowListener listener) {}

    /** Adds the row of the message's next command. */
    void add(final long message, final Row row) {
        rowsByMessage.computeIfAbsent(message, number -> new ArrayList<>()).add(row);
    }

    boolean isEmpty() {
        return rowsByMessage.isEmpty();
    }

    /** Tells the rows of a message that the client dropped that their outcome is unknown. */
    void abandon(final long message) {
        final List<Row> rows = rowsByMessage.remove(message);
        if (rows != null) {
            rows.forEach(
                    row ->
                            row.listener.onOutcome(
                                    row.row, row.key, ReplicationStatus.OUTCOME_UNKNOWN));
        }
    }

    /** As {@link #abandon}, for every message that has no outcome yet. */
    void abandonAll() {
        List.copyOf(rowsByMessage.keySet()).forEach(this::abandon);
    }

    @Override
    public void onResult(
            final long message,
            final int index,
            final int status,
            final long version,
            final long counter,
            final long position) {
        final List<Row> rows = rowsByMessage.get(message);
        if (rows == null) {
            return;
        }
        final Row row = rows.get(index);
        if (index == rows.size() - 1) {
            rowsByMessage.remove(message);
        }
        row.listener.onOutcome(row.row, row.key, status);
    }
}
