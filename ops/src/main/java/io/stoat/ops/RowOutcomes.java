package io.stoat.ops;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * What became of the rows of a file that a {@link CommandTarget} was given: how many were written,
 * and for a person which were not, and of which it is unknown.
 */
final class RowOutcomes implements CommandTarget.RowListener {
    private static final int MOST_REASONS = 5;

    private final CommandTarget target;
    private final String rowName;
    private final String done;
    private final List<String> reasons = new ArrayList<>();
    private long written;
    private long failed;
    private long unknown;
    private long firstUnknown;
    private long lastUnknown;

    /**
     * @param rowName how a message calls a row, such as {@code trades.csv row}.
     * @param done what was done to those that are written, such as {@code rows were loaded}.
     */
    RowOutcomes(final CommandTarget target, final String rowName, final String done) {
        this.target = target;
        this.rowName = rowName;
        this.done = done;
    }

    @Override
    public void onOutcome(final long row, final DirectBuffer key, final int status) {
        final CommandFailure failure =
                target.failure(status, key.getStringWithoutLengthUtf8(0, key.capacity()));
        if (failure == null) {
            written++;
        } else if (target.isUnknown(status)) {
            firstUnknown = unknown == 0 ? row : Math.min(firstUnknown, row);
            lastUnknown = Math.max(lastUnknown, row);
            unknown++;
        } else {
            failed++;
            if (reasons.size() < MOST_REASONS) {
                reasons.add(rowName + " " + row + ": " + failure.getMessage());
            }
        }
    }

    long written() {
        return written;
    }

    /** Whether to stop sending. */
    boolean hasFailed() {
        return failed + unknown > 0;
    }

    /**
     * @param lastSent row after which nothing was sent.
     * @throws CommandFailure when a row was not written, or perhaps not.
     */
    void requireAllWritten(final long lastSent) {
        if (!hasFailed()) {
            return;
        }
        final StringBuilder text = new StringBuilder(String.join("\n", reasons));
        if (failed > reasons.size()) {
            text.append("\nand ").append(failed - reasons.size()).append(" more like these");
        }
        if (unknown > 0) {
            text.append(text.length() == 0 ? "" : "\n")
                    .append(rowName)
                    .append(firstUnknown == lastUnknown ? " " : "s " + firstUnknown + " to ")
                    .append(lastUnknown)
                    .append(": no answer in time for ")
                    .append(unknown)
                    .append(" of them: whether they were written is unknown; give the file again");
        }
        throw CommandFailure.failed(
                text.append(" (")
                        .append(written)
                        .append(' ')
                        .append(done)
                        .append("; nothing after ")
                        .append(lastSent)
                        .append(" was sent)")
                        .toString());
    }
}
