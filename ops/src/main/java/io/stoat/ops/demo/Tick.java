package io.stoat.ops.demo;

import io.stoat.store.EntryView;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The demo's market-data value, which proves itself: a torn mixture of two ticks fails its
 * checksum, which is as cheap in place as on a copy, and a tick under another symbol's key fails
 * its number. 128 bytes, little-endian.
 *
 * <pre>
 *    0  symbol number (8)
 *    8  tick sequence of the symbol (8)
 *   16  price, 1/10,000 (8)
 *   24  volume (8)
 *   32  event time, us since midnight (8)
 *   40  filler (9 x 8): sequence times odd constants
 *  112  reserved (8)
 *  120  checksum: sum of the 15 words before it, each folded and times an odd constant of its place
 * </pre>
 */
final class Tick {
    static final int LENGTH = 128;

    private static final int SYMBOL = 0;
    private static final int SEQUENCE = 8;
    private static final int PRICE = 16;
    private static final int VOLUME = 24;
    private static final int EVENT_TIME = 32;
    private static final int FILLER = 40;
    private static final int FILLER_COUNT = 9;
    private static final int CHECKSUM = 120;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private Tick() {}

    static void encode(
            final MutableDirectBuffer buffer,
            final long symbol,
            final long sequence,
            final long price,
            final long volume,
            final long eventTimeUs) {
        buffer.putLong(SYMBOL, symbol, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(SEQUENCE, sequence, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(PRICE, price, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(VOLUME, volume, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(EVENT_TIME, eventTimeUs, ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < FILLER_COUNT; i++) {
            buffer.putLong(FILLER + 8 * i, filler(sequence, i), ByteOrder.LITTLE_ENDIAN);
        }
        buffer.putLong(CHECKSUM - 8, 0, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(CHECKSUM, checksum(buffer), ByteOrder.LITTLE_ENDIAN);
    }

    private static long checksum(final DirectBuffer buffer) {
        long sum = MIX;
        for (int at = 0; at < CHECKSUM; at += 8) {
            sum += term(buffer.getLong(at, ByteOrder.LITTLE_ENDIAN), at);
        }
        return sum;
    }

    /** Another word at the same place always has another term. */
    private static long term(final long word, final int at) {
        return (word ^ word >>> 32) * (MIX * (at + 1));
    }

    private static long filler(final long sequence, final int i) {
        return sequence * (MIX + 2L * i);
    }

    static long sequence(final DirectBuffer buffer) {
        return buffer.getLong(SEQUENCE, ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether a copied value is one whole tick of the symbol. */
    static boolean isSound(final DirectBuffer buffer, final int length, final long symbol) {
        return length == LENGTH
                && buffer.getLong(SYMBOL, ByteOrder.LITTLE_ENDIAN) == symbol
                && buffer.getLong(CHECKSUM, ByteOrder.LITTLE_ENDIAN) == checksum(buffer);
    }

    /**
     * Whether a value of {@link #LENGTH} bytes seen in place is one whole tick of the symbol; reads
     * every word without copying it. Means something only if the view is valid afterwards.
     */
    static boolean isSound(final EntryView view, final long symbol) {
        long sum = MIX;
        for (int at = 0; at < CHECKSUM; at += 8) {
            sum += term(view.getLong(at), at);
        }
        return view.getLong(SYMBOL) == symbol && view.getLong(CHECKSUM) == sum;
    }

    static long sequence(final EntryView view) {
        return view.getLong(SEQUENCE);
    }

    /** The keys of the demo: a prefix and a number of four digits or more. */
    static UnsafeBuffer[] keys(final String prefix, final int symbols) {
        final UnsafeBuffer[] keys = new UnsafeBuffer[symbols];
        for (int i = 0; i < symbols; i++) {
            keys[i] =
                    new UnsafeBuffer(
                            String.format("%s.%04d", prefix, i)
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return keys;
    }
}
