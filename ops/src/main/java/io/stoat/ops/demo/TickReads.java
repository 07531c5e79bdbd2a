package io.stoat.ops.demo;

import io.stoat.store.EntryView;
import io.stoat.store.StoreReader;
import io.stoat.transport.StoreClient;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads ticks in every way and judges what was validated: {@link #isSound()} belongs to the last
 * read, and means something only if that was answered. One thread; allocates nothing.
 */
final class TickReads {
    private final EntryView view = new EntryView();
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[Tick.LENGTH]);
    private final UnsafeBuffer[] keys;
    private final long[] sequences;
    private boolean isSound;

    /**
     * @param keys of the symbols, in their order.
     */
    TickReads(final UnsafeBuffer[] keys) {
        this.keys = keys;
        sequences = new long[keys.length];
    }

    /** Reads in place, again for as long as the entry changes meanwhile: a length, or a status. */
    int inPlace(final StoreReader reader, final int symbol) {
        final UnsafeBuffer key = keys[symbol];
        while (true) {
            final int length = reader.find(key, 0, key.capacity(), view);
            if (length < 0) {
                isSound = false;
                return length;
            }
            // the length, too, may be of an entry that is changing
            final boolean isWhole = length == Tick.LENGTH && Tick.isSound(view, symbol);
            final long sequence = isWhole ? Tick.sequence(view) : 0;
            if (view.isValid()) {
                isSound = isWhole && isForward(symbol, sequence);
                return length;
            }
        }
    }

    /** Reads a validated copy: a length, or a status. */
    int copying(final StoreReader reader, final int symbol) {
        final UnsafeBuffer key = keys[symbol];
        return judged(reader.get(key, 0, key.capacity(), copy, 0, Tick.LENGTH), symbol);
    }

    /** Asks a node: a length, or a status. */
    int remote(final StoreClient client, final int symbol) {
        final UnsafeBuffer key = keys[symbol];
        return judged(client.get(key, 0, key.capacity(), copy, 0, Tick.LENGTH), symbol);
    }

    private int judged(final int length, final int symbol) {
        isSound = Tick.isSound(copy, length, symbol) && isForward(symbol, Tick.sequence(copy));
        return length;
    }

    private boolean isForward(final int symbol, final long sequence) {
        final boolean forward = sequence >= sequences[symbol];
        sequences[symbol] = sequence;
        return forward;
    }

    /** Whether the last read got one whole tick of its symbol, not older than the one before. */
    boolean isSound() {
        return isSound;
    }
}
