package io.stoat.store;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A key made of text or bytes, for the methods that take a key as buffer, offset 0 and length.
 * Reusable; allocates nothing after construction; one thread.
 */
public final class KeyBuffer {
    private static final int ROOM = StoreContext.MAX_KEY_LENGTH + 4;
    private static final char REPLACEMENT = '?';

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[ROOM]);
    private int length;

    /** An empty key, which no entry can have. */
    public KeyBuffer() {}

    /**
     * Takes the UTF-8 form of a text, as {@link String#getBytes} encodes it.
     *
     * @param text of the key.
     * @return this.
     */
    public KeyBuffer set(final CharSequence text) {
        length = 0;
        for (int i = 0; i < text.length() && length <= StoreContext.MAX_KEY_LENGTH; i++) {
            final char c = text.charAt(i);
            if (c < 0x80) {
                buffer.putByte(length++, (byte) c);
            } else if (!Character.isSurrogate(c)) {
                putCodePoint(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                putCodePoint(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                buffer.putByte(length++, (byte) REPLACEMENT);
            }
        }
        return this;
    }

    private void putCodePoint(final int codePoint) {
        if (codePoint < 0x800) {
            buffer.putByte(length++, (byte) (0xC0 | codePoint >> 6));
        } else {
            if (codePoint < 0x10000) {
                buffer.putByte(length++, (byte) (0xE0 | codePoint >> 12));
            } else {
                buffer.putByte(length++, (byte) (0xF0 | codePoint >> 18));
                buffer.putByte(length++, (byte) (0x80 | codePoint >> 12 & 0x3F));
            }
            buffer.putByte(length++, (byte) (0x80 | codePoint >> 6 & 0x3F));
        }
        buffer.putByte(length++, (byte) (0x80 | codePoint & 0x3F));
    }

    /**
     * Takes a copy of bytes.
     *
     * @param bytes of the key.
     * @return this.
     */
    public KeyBuffer set(final byte[] bytes) {
        length = Math.min(bytes.length, StoreContext.MAX_KEY_LENGTH + 1);
        buffer.putBytes(0, bytes, 0, length);
        return this;
    }

    /**
     * @return buffer that holds the key, from offset 0.
     */
    public DirectBuffer buffer() {
        return buffer;
    }

    /**
     * @return length of the key, bytes; above {@link StoreContext#MAX_KEY_LENGTH} for one that is
     *     too long, which every command refuses.
     */
    public int length() {
        return length;
    }
}
