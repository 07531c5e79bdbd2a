package io.stoat.replication;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The answers to a client's last messages, in one buffer, oldest first: at most {@value
 * ClientRecord#WINDOW} of them, and at most {@value #MAX_BYTES} bytes; the oldest go. Which are
 * kept follows from their sequences and lengths alone, so it is the same on every member. The
 * buffer is at most twice as long. One thread; allocates only while the buffer grows.
 */
final class KeptAnswers {
    /** Most bytes that are kept. */
    static final int MAX_BYTES = 512 * 1024;

    private static final int WINDOW = ClientRecord.WINDOW;

    private final int[] offsets = new int[WINDOW];
    private final int[] lengths = new int[WINDOW];
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private byte[] bytes = new byte[0];
    private int end;
    private int kept;
    private long oldest = 1;
    private long last;

    private static int slot(final long sequence) {
        return (int) (sequence & WINDOW - 1);
    }

    /**
     * Keeps an answer, which is not above {@value #MAX_BYTES} bytes.
     *
     * @param sequence above that of the one before.
     */
    void add(final long sequence, final DirectBuffer answer, final int offset, final int length) {
        while (oldest <= last && (sequence - oldest >= WINDOW || kept + length > MAX_BYTES)) {
            dropOldest();
        }
        if (oldest > last) {
            oldest = sequence;
        }
        // one may be missing in between, after a snapshot
        for (long missing = Math.max(last + 1, oldest); missing < sequence; missing++) {
            lengths[slot(missing)] = 0;
        }
        makeRoom(length);
        answer.getBytes(offset, bytes, end, length);
        offsets[slot(sequence)] = end;
        lengths[slot(sequence)] = length;
        end += length;
        kept += length;
        last = sequence;
    }

    private void dropOldest() {
        kept -= lengths[slot(oldest)];
        lengths[slot(oldest)] = 0;
        oldest++;
    }

    /** Moves what is kept to the front, of a longer buffer when it fills more than half of this. */
    private void makeRoom(final int length) {
        if (end + length <= bytes.length) {
            return;
        }
        final byte[] source = bytes;
        if (kept + length > bytes.length / 2) {
            bytes = new byte[BitUtil.findNextPositivePowerOfTwo(2 * (kept + length))];
        }
        end = 0;
        for (long sequence = oldest; sequence <= last; sequence++) {
            final int slot = slot(sequence);
            System.arraycopy(source, offsets[slot], bytes, end, lengths[slot]);
            offsets[slot] = end;
            end += lengths[slot];
        }
    }

    boolean has(final long sequence) {
        return sequence >= oldest && sequence <= last && lengths[slot(sequence)] > 0;
    }

    /** An answer that is kept; valid until the next call. */
    DirectBuffer get(final long sequence) {
        view.wrap(bytes, offsets[slot(sequence)], lengths[slot(sequence)]);
        return view;
    }

    int length(final long sequence) {
        return lengths[slot(sequence)];
    }

    /** Sequence of the newest that was kept, 0 at first. */
    long last() {
        return last;
    }

    /** Bytes that are kept. */
    int bytesKept() {
        return kept;
    }

    /** Length of the buffer, bytes. */
    int capacity() {
        return bytes.length;
    }

    /** Keeps nothing, and no buffer. */
    void clear() {
        while (oldest <= last) {
            dropOldest();
        }
        bytes = new byte[0];
        end = 0;
    }
}
