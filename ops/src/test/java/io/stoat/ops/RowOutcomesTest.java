package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.replication.ReplicationStatus;
import io.stoat.store.Status;
import java.lang.reflect.Proxy;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RowOutcomesTest {
    private static final DirectBuffer KEY = new UnsafeBuffer(new byte[] {'k'});

    private final RowOutcomes outcomes =
            new RowOutcomes(cluster(), "f.csv row", "rows were loaded");

    /** Only what statuses mean is asked of it. */
    private static CommandTarget cluster() {
        return (CommandTarget)
                Proxy.newProxyInstance(
                        CommandTarget.class.getClassLoader(),
                        new Class<?>[] {CommandTarget.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("isUnknown")
                                        ? (int) arguments[0] == ReplicationStatus.OUTCOME_UNKNOWN
                                        : (int) arguments[0] == Status.OK
                                                ? null
                                                : CommandFailure.failed("status " + arguments[0]));
    }

    @Test
    void shouldBeContentWhenEveryRowIsWritten() {
        outcomes.onOutcome(1, KEY, Status.OK);
        outcomes.onOutcome(2, KEY, Status.OK);
        assertFalse(outcomes.hasFailed());
        assertEquals(2, outcomes.written());
        outcomes.requireAllWritten(2);
    }

    @Test
    void shouldGiveEachRowOfAMessageItsOutcomeOnceAlsoWhenTheMessageIsDropped() {
        final RowsInFlight rows = new RowsInFlight();
        for (int row = 1; row <= 3; row++) {
            rows.add(row == 3 ? 8 : 7, new RowsInFlight.Row(row, KEY, outcomes));
        }
        rows.onResult(7, 0, Status.OK, 1, 0, 1);
        rows.onResult(7, 1, Status.STORE_FULL, 0, 0, 1);
        assertFalse(rows.isEmpty());
        rows.abandon(7);
        rows.abandonAll();
        assertTrue(rows.isEmpty());
        final String message =
                assertThrows(CommandFailure.class, () -> outcomes.requireAllWritten(3))
                        .getMessage();
        assertTrue(message.contains("f.csv row 2: status"), message);
        assertTrue(message.contains("f.csv row 3: no answer in time for 1"), message);
        assertTrue(message.endsWith("(1 rows were loaded; nothing after 3 was sent)"), message);
    }

    @Test
    void shouldTellWrittenFailedAndUnknownRowsApart() {
        outcomes.onOutcome(1, KEY, Status.OK);
        for (int row = 2; row < 10; row++) {
            outcomes.onOutcome(row, KEY, Status.STORE_FULL);
        }
        outcomes.onOutcome(12, KEY, ReplicationStatus.OUTCOME_UNKNOWN);
        outcomes.onOutcome(10, KEY, ReplicationStatus.OUTCOME_UNKNOWN);
        assertTrue(outcomes.hasFailed());
        final String message =
                assertThrows(CommandFailure.class, () -> outcomes.requireAllWritten(12))
                        .getMessage();
        assertTrue(message.startsWith("f.csv row 2: status " + Status.STORE_FULL), message);
        assertTrue(message.contains("f.csv row 6: "), message);
        assertFalse(message.contains("f.csv row 7: "), message);
        assertTrue(message.contains("and 3 more like these"), message);
        assertTrue(message.contains("f.csv rows 10 to 12: no answer in time for 2"), message);
        assertTrue(message.endsWith("(1 rows were loaded; nothing after 12 was sent)"), message);
    }
}
