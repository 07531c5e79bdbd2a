package io.stoat.store;

import java.util.Arrays;

/**
 * An embedded store as a {@code ConcurrentMap<String, byte[]>}, for those who want just that. Keys
 * are encoded as UTF-8. Any thread may call it: calls are taken one at a time under a lock, and
 * from the map's making on the store must be changed through it alone. It allocates, unlike the
 * store's own methods.
 *
 * <p>Where a shared store differs from a map in one JVM:
 *
 * <ul>
 *   <li>keys have 1 to {@link StoreContext#MAX_KEY_LENGTH} bytes and values at most the configured
 *       maximum, else {@link IllegalArgumentException}; a full store throws {@link
 *       IllegalStateException} and keeps the old value;
 *   <li>values are copies, compared by content in {@code remove(key, value)}, {@code replace} and
 *       {@code containsValue}; {@code equals} and {@code hashCode} of map and entries use the
 *       arrays' own;
 *   <li>{@code size} counts the live entries one by one; iterators go over the entries as of their
 *       making.
 * </ul>
 */
public final class StoreMap extends CodecMap<byte[]> {
    private StoreMap(final Store store) {
        super(store);
    }

    /**
     * Makes the view.
     *
     * @param store that is open; closing the map leaves it open.
     * @return the map.
     */
    public static StoreMap of(final Store store) {
        return new StoreMap(store);
    }

    @Override
    byte[] encode(final byte[] value) {
        return value;
    }

    @Override
    byte[] decode(final byte[] bytes) {
        return bytes;
    }

    @Override
    boolean isSame(final byte[] a, final Object b) {
        return b instanceof byte[] other && Arrays.equals(a, other);
    }
}
