package io.stoat.ops.chaos;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Sound local reads pass; each planted violation is caught. Times are ms. */
class LocalReadCheckTest {
    private static final int DELTA = 3;

    /** Value 5 at version 90 of position 100, 6 at 190 of 200, removed at 300. */
    private static final List<Operation> WRITTEN_TWICE_AND_REMOVED =
            List.of(
                    change(Operation.Kind.PUT, 0, 10, 5, 90, 100),
                    change(Operation.Kind.PUT, 20, 30, 6, 190, 200),
                    change(Operation.Kind.REMOVE, 40, 50, 0, 190, 300));

    private static long ns(final long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    private static Operation change(
            final Operation.Kind kind,
            final long fromMs,
            final long toMs,
            final long value,
            final long version,
            final long position) {
        final boolean isAdd = kind == Operation.Kind.ADD;
        return new Operation(
                kind,
                isAdd ? DELTA : value,
                0,
                ns(fromMs),
                ns(toMs),
                Operation.Outcome.OK,
                value,
                version,
                position);
    }

    private static Operation unknown(
            final Operation.Kind kind, final long fromMs, final long argument) {
        return new Operation(
                kind, argument, 0, ns(fromMs), Long.MAX_VALUE, Operation.Outcome.UNKNOWN, 0, 0, 0);
    }

    private static LocalRead found(
            final LocalRead.Kind kind,
            final long bound,
            final long atMs,
            final long value,
            final long version) {
        return new LocalRead(kind, 0, bound, ns(atMs), ns(atMs + 1), true, value, version);
    }

    private static LocalRead missed(final LocalRead.Kind kind, final long bound, final long atMs) {
        return new LocalRead(kind, 0, bound, ns(atMs), ns(atMs + 1), false, 0, 0);
    }

    private static LocalRead after(final long position, final long value, final long version) {
        return found(LocalRead.Kind.AFTER, position, 1_000, value, version);
    }

    private static LocalRead within(
            final long boundMs, final long atMs, final long value, final long version) {
        return found(LocalRead.Kind.BOUNDED, boundMs, atMs, value, version);
    }

    private static String check(final LocalRead read, final Operation... operations) {
        return new LocalReadCheck(List.of(operations)).violation(read);
    }

    private static String check(final LocalRead read) {
        return new LocalReadCheck(WRITTEN_TWICE_AND_REMOVED).violation(read);
    }

    private static void assertOlder(final String violation) {
        assertNotNull(violation);
        assertTrue(violation.startsWith("is older than"), violation);
    }

    @Test
    void shouldAcceptAReadOfTheOwnWriteAndOfALaterOne() {
        assertNull(check(after(100, 5, 90)));
        assertNull(check(after(100, 6, 190)));
        assertNull(check(missed(LocalRead.Kind.AFTER, 100, 1_000)));
    }

    @Test
    void shouldCatchAReadOlderThanTheOwnWrite() {
        assertOlder(check(after(200, 5, 90)));
        assertOlder(check(after(250, 5, 90)));
    }

    @Test
    void shouldCatchAReadThatMissesTheOwnWrite() {
        assertOlder(
                check(
                        missed(LocalRead.Kind.AFTER, 200, 1_000),
                        change(Operation.Kind.REMOVE, 0, 5, 0, 90, 100),
                        change(Operation.Kind.PUT, 20, 30, 6, 190, 200)));
    }

    @Test
    void shouldCatchAReadOfWhatTheClientHadRemoved() {
        assertOlder(check(after(300, 6, 190)));
        assertNull(check(missed(LocalRead.Kind.AFTER, 300, 1_000)));
    }

    @Test
    void shouldAcceptAnOldValueWithinTheBoundAndCatchItBeyond() {
        // 6 was acknowledged at 30 ms
        assertNull(check(within(100, 120, 5, 90)));
        assertOlder(check(within(100, 140, 5, 90)));
        assertNull(check(within(100, 140, 6, 190)));
    }

    @Test
    void shouldAcceptARemovedValueWithinTheBoundAndCatchItBeyond() {
        // acknowledged at 50 ms
        assertNull(check(within(100, 145, 6, 190)));
        assertOlder(check(within(100, 160, 6, 190)));
        assertNull(check(missed(LocalRead.Kind.BOUNDED, 100, 160)));
    }

    @Test
    void shouldTakeTheLastChangeOfTheLogWhenAcknowledgementsCrossed() {
        final Operation second = change(Operation.Kind.PUT, 0, 10, 6, 190, 200);
        final Operation first = change(Operation.Kind.PUT, 0, 20, 5, 90, 100);
        assertOlder(check(within(100, 200, 5, 90), first, second));
        assertNull(check(within(100, 200, 6, 190), first, second));
    }

    @Test
    void shouldAcceptAnyAgeOfALocalRead() {
        assertNull(check(found(LocalRead.Kind.ANY_AGE, 0, 1_000, 5, 90)));
        assertNull(check(missed(LocalRead.Kind.ANY_AGE, 0, 1_000)));
    }

    @Test
    void shouldCatchAValueThatNobodyWrote() {
        assertTrue(check(found(LocalRead.Kind.ANY_AGE, 0, 1_000, 7, 90)).startsWith("was never"));
        assertTrue(check(found(LocalRead.Kind.ANY_AGE, 0, 1_000, 5, 91)).startsWith("was never"));
    }

    @Test
    void shouldCatchAValueReadBeforeItWasAskedFor() {
        final LocalRead early = found(LocalRead.Kind.ANY_AGE, 0, 15, 6, 190);
        assertTrue(check(early).startsWith("was never"));
    }

    @Test
    void shouldReadTheSumOfAnAddition() {
        final Operation add = change(Operation.Kind.ADD, 0, 10, 8, 90, 100);
        assertNull(check(after(100, 8, 90), add));
        assertNotNull(check(after(100, DELTA, 90), add));
    }

    @Test
    void shouldAcceptAWriteWithAnUnknownOutcomeButNotAnotherValueOfIt() {
        final Operation known = change(Operation.Kind.PUT, 0, 10, 5, 90, 100);
        final Operation lost = unknown(Operation.Kind.PUT, 20, 6);
        assertNull(check(after(100, 6, 150), known, lost));
        assertNotNull(check(after(100, 7, 150), known, lost));
        assertNotNull(check(found(LocalRead.Kind.AFTER, 100, 10, 6, 150), known, lost));
    }

    @Test
    void shouldAcceptAMissAfterARemovalWithAnUnknownOutcomeOnlyOnceItWasAskedFor() {
        final Operation known = change(Operation.Kind.PUT, 0, 10, 5, 90, 100);
        final Operation lost = unknown(Operation.Kind.REMOVE, 20, 0);
        assertNull(check(missed(LocalRead.Kind.AFTER, 100, 30), known, lost));
        assertOlder(check(missed(LocalRead.Kind.AFTER, 100, 15), known, lost));
    }

    @Test
    void shouldExpectNothingWhereNothingWasWritten() {
        assertNull(
                check(
                        missed(LocalRead.Kind.AFTER, 100, 15),
                        change(Operation.Kind.PUT, 0, 10, 5, 190, 200)));
        assertNull(check(missed(LocalRead.Kind.BOUNDED, 100, 15)));
    }
}
