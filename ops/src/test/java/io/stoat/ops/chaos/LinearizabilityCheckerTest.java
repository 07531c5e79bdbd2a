package io.stoat.ops.chaos;

import static io.stoat.ops.chaos.Operation.Kind.ADD;
import static io.stoat.ops.chaos.Operation.Kind.GET;
import static io.stoat.ops.chaos.Operation.Kind.PUT;
import static io.stoat.ops.chaos.Operation.Kind.PUT_IF_VERSION;
import static io.stoat.ops.chaos.Operation.Kind.REMOVE;
import static io.stoat.ops.chaos.Operation.Outcome.NOT_FOUND;
import static io.stoat.ops.chaos.Operation.Outcome.OK;
import static io.stoat.ops.chaos.Operation.Outcome.UNKNOWN;
import static io.stoat.ops.chaos.Operation.Outcome.VERSION_MISMATCH;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sound histories pass; each planted violation is caught. */
class LinearizabilityCheckerTest {
    private static final long MAX_STEPS = 1_000_000;
    private static final long NEVER = Long.MAX_VALUE;

    private static Operation put(
            final long from, final long to, final long value, final long version) {
        return new Operation(PUT, value, 0, from, to, OK, 0, version, version);
    }

    private static Operation unknownPut(final long from, final long value) {
        return new Operation(PUT, value, 0, from, NEVER, UNKNOWN, 0, 0, 0);
    }

    private static Operation get(
            final long from, final long to, final long value, final long version) {
        return new Operation(GET, 0, 0, from, to, OK, value, version, version);
    }

    private static Operation miss(final long from, final long to) {
        return new Operation(GET, 0, 0, from, to, NOT_FOUND, 0, 0, 0);
    }

    private static Operation add(
            final long from, final long to, final long delta, final long sum, final long version) {
        return new Operation(ADD, delta, 0, from, to, OK, sum, version, version);
    }

    private static boolean check(final Operation... operations) {
        return LinearizabilityChecker.isLinearizable(List.of(operations), MAX_STEPS);
    }

    @Test
    void shouldAcceptReadsOfEitherValueWhileAWriteIsUnderWay() {
        assertTrue(check(put(0, 1, 5, 1), put(10, 20, 6, 2), get(11, 19, 5, 1), get(12, 18, 6, 2)));
    }

    @Test
    void shouldCatchAStaleRead() {
        assertFalse(check(put(0, 1, 5, 1), put(2, 3, 6, 2), get(4, 5, 5, 1)));
    }

    @Test
    void shouldCatchReadsThatGoBackInTime() {
        assertFalse(
                check(put(0, 1, 5, 1), put(10, 20, 6, 2), get(11, 12, 6, 2), get(13, 14, 5, 1)));
    }

    @Test
    void shouldCatchALostWrite() {
        assertFalse(check(put(0, 1, 5, 1), miss(2, 3)));
    }

    @Test
    void shouldCatchAnAdditionAppliedTwice() {
        assertTrue(check(add(0, 1, 3, 3, 1), get(2, 3, 3, 1)));
        assertFalse(check(add(0, 1, 3, 3, 1), get(2, 3, 6, 2)));
    }

    @Test
    void shouldCatchTwoWinnersOfOneVersion() {
        final Operation first = new Operation(PUT_IF_VERSION, 7, 1, 2, 9, OK, 0, 2, 2);
        final Operation second = new Operation(PUT_IF_VERSION, 8, 1, 2, 9, OK, 0, 3, 3);
        assertFalse(check(put(0, 1, 5, 1), first, second));
        assertTrue(
                check(
                        put(0, 1, 5, 1),
                        first,
                        new Operation(PUT_IF_VERSION, 8, 1, 2, 9, VERSION_MISMATCH, 0, 2, 4)));
    }

    @Test
    void shouldAcceptAnUnknownWriteThatHappenedAndOneThatDidNot() {
        assertTrue(check(put(0, 1, 5, 1), unknownPut(2, 6), get(4, 5, 5, 1), get(6, 7, 6, 9)));
        assertTrue(check(put(0, 1, 5, 1), unknownPut(2, 6), get(4, 5, 5, 1), get(6, 7, 5, 1)));
    }

    @Test
    void shouldCatchAnUnknownWriteThatHappenedAndVanished() {
        assertFalse(check(put(0, 1, 5, 1), unknownPut(2, 6), get(4, 5, 6, 9), get(6, 7, 5, 1)));
    }

    @Test
    void shouldCatchAVersionThatDoesNotGrow() {
        assertFalse(check(put(0, 1, 5, 7), put(2, 3, 6, 6)));
    }

    @Test
    void shouldCatchAValueThatComesBackAfterItsRemoval() {
        final Operation remove = new Operation(REMOVE, 0, 0, 2, 3, OK, 0, 1, 3);
        assertTrue(check(put(0, 1, 5, 1), remove, miss(4, 5)));
        assertFalse(check(put(0, 1, 5, 1), remove, get(4, 5, 5, 1)));
    }

    @Test
    void shouldDecideHistoriesOfARealRegisterAndCatchOneChangedAnswerInEach() {
        final Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            final List<Operation> history = simulate(random);
            assertTrue(LinearizabilityChecker.isLinearizable(history, MAX_STEPS), "" + history);
            int read = -1;
            for (int i = 0; i < history.size(); i++) {
                read = history.get(i).kind() == GET && history.get(i).outcome() == OK ? i : read;
            }
            if (read >= 0) {
                final Operation sound = history.get(read);
                history.set(
                        read,
                        get(
                                sound.invokedNs(),
                                sound.returnedNs(),
                                sound.value() + 1_000_000,
                                sound.version()));
                assertFalse(LinearizabilityChecker.isLinearizable(history, MAX_STEPS));
            }
        }
    }

    /** Operations that take effect at a moment between call and return, on one register. */
    private static List<Operation> simulate(final Random random) {
        final List<Operation> history = new ArrayList<>();
        long value = 0;
        long version = 0;
        for (int i = 0; i < 60; i++) {
            final long at = i * 10L;
            final long from = at - random.nextInt(40);
            final long to = at + random.nextInt(40);
            switch (random.nextInt(3)) {
                case 0 -> {
                    value = i;
                    version = at + 1;
                    history.add(put(from, to, value, version));
                }
                case 1 -> {
                    value += 5;
                    version = at + 1;
                    history.add(add(from, to, 5, value, version));
                }
                default ->
                        history.add(version == 0 ? miss(from, to) : get(from, to, value, version));
            }
        }
        return history;
    }
}
