package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Answers of random lengths against what is to be kept of them, and in how much memory. */
class KeptAnswersTest {
    private static final int COUNT = 2_000;
    private static final int LONGEST = CommandApplication.MAX_ANSWER_LENGTH;

    private final Random random = new Random(7);
    private final UnsafeBuffer answer = new UnsafeBuffer(new byte[LONGEST]);
    private final int[] lengths = new int[COUNT + 2];

    private int nextLength(final int sequence) {
        // long ones and short ones in turns
        final int bound = sequence / 100 % 2 == 0 ? 200 : LONGEST;
        lengths[sequence] = sequence % 500 == 0 ? LONGEST : 12 + random.nextInt(bound - 12);
        return lengths[sequence];
    }

    private void add(final KeptAnswers answers, final int sequence) {
        final int length = lengths[sequence];
        answer.putLong(0, sequence);
        answer.putInt(length - 4, -sequence);
        answers.add(sequence, answer, 0, length);
    }

    @Test
    void shouldKeepTheLastAnswersWithinItsBounds() {
        final KeptAnswers answers = new KeptAnswers();
        int dropped = 0;
        for (int sequence = 1; sequence <= COUNT; sequence++) {
            nextLength(sequence);
            add(answers, sequence);
            int bytes = 0;
            for (int i = sequence; i > 0 && i > sequence - ClientRecord.WINDOW; i--) {
                bytes += lengths[i];
                assertEquals(bytes <= KeptAnswers.MAX_BYTES, answers.has(i));
                dropped += answers.has(i) ? 0 : 1;
                if (answers.has(i)) {
                    assertEquals(lengths[i], answers.length(i));
                    assertEquals(lengths[i], answers.get(i).capacity());
                    assertEquals(i, answers.get(i).getLong(0));
                    assertEquals(-i, answers.get(i).getInt(lengths[i] - 4));
                }
            }
            assertFalse(answers.has(sequence - ClientRecord.WINDOW));
            assertFalse(answers.has(sequence + 1));
            assertTrue(answers.bytesKept() <= KeptAnswers.MAX_BYTES);
            assertTrue(answers.capacity() <= 2 * KeptAnswers.MAX_BYTES);
        }
        assertTrue(dropped > 0);
        answers.clear();
        assertEquals(0, answers.capacity());
        assertFalse(answers.has(COUNT));
        nextLength(COUNT + 1);
        add(answers, COUNT + 1);
        assertTrue(answers.has(COUNT + 1));
    }

    @Test
    void shouldKeepTheSameAfterItWasRestored() {
        KeptAnswers restored = new KeptAnswers();
        final KeptAnswers answers = new KeptAnswers();
        for (int sequence = 1; sequence <= COUNT; sequence++) {
            nextLength(sequence);
            add(answers, sequence);
            add(restored, sequence);
            if (random.nextInt(50) == 0) {
                final KeptAnswers fresh = new KeptAnswers();
                for (int i = 1; i <= sequence; i++) {
                    if (restored.has(i)) {
                        fresh.add(i, restored.get(i), 0, restored.length(i));
                    }
                }
                restored = fresh;
            }
            for (int i = Math.max(1, sequence - 2 * ClientRecord.WINDOW); i <= sequence; i++) {
                assertEquals(answers.has(i), restored.has(i));
            }
            assertEquals(answers.bytesKept(), restored.bytesKept());
        }
    }

    @Test
    void shouldLetAClientSendNoMoreThanIsKept() {
        final MessageWindow window = new MessageWindow(1024);
        int messages = 0;
        while (window.next() != null) {
            window.add(100, ClientRecord.MAX_COMMANDS, 0, 0);
            messages++;
        }
        assertEquals(KeptAnswers.MAX_BYTES / LONGEST, messages);
        // only what is answered in order is out of flight
        window.answered(2);
        assertEquals(null, window.next());
        window.answered(1);
        assertTrue(window.next() != null);
        window.reset();
        for (int i = 0; i < ClientRecord.WINDOW; i++) {
            assertTrue(window.next() != null);
            window.add(100, 1, 0, 0);
        }
        assertEquals(null, window.next());
    }

    @Test
    void shouldTellAnAnswerOfASnapshotThatIsOutOfOrder() {
        final ClientRecord record = new ClientRecord(1);
        record.lastSequence(5);
        record.keep(3, answer, 0, 100);
        assertFalse(record.isNextAnswer(2));
        assertFalse(record.isNextAnswer(3));
        assertTrue(record.isNextAnswer(4));
        assertTrue(record.isNextAnswer(5));
        assertFalse(record.isNextAnswer(6));
    }
}
