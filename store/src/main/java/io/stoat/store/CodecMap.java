package io.stoat.store;

import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A store as a {@link ConcurrentMap} from text to values of one type. Calls from any thread are
 * taken one at a time, under the map's lock.
 *
 * @param <V> type of the values.
 */
abstract class CodecMap<V> extends AbstractMap<String, V>
        implements ConcurrentMap<String, V>, AutoCloseable {
    private final Object lock = new Object();
    private final Store store;
    private final StoreReader reader;
    private final StoreScan scan;
    private final UnsafeBuffer keyBuffer = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer valueBuffer = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer found;

    CodecMap(final Store store) {
        this.store = store;
        reader =
                StoreReader.attach(
                        new ReaderContext()
                                .dataDir(store.context().dataDir())
                                .epochClock(store.context().epochClock()));
        scan = reader.newScan();
        found = new UnsafeBuffer(new byte[reader.stat().maxValueLength()]);
    }

    abstract byte[] encode(V value);

    abstract V decode(byte[] bytes);

    abstract boolean isSame(V a, Object b);

    @Override
    public final V get(final Object key) {
        Objects.requireNonNull(key, "key");
        if (!(key instanceof String text)) {
            return null;
        }
        synchronized (lock) {
            return find(text);
        }
    }

    /** The live value, or null; a key that no entry can have is simply not there. */
    private V find(final String key) {
        final byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        keyBuffer.wrap(bytes);
        final int length = store.get(keyBuffer, 0, bytes.length, found, 0, found.capacity());
        if (length == Status.NOT_FOUND || length == Status.KEY_LENGTH_INVALID) {
            return null;
        }
        require(length, key);
        final byte[] value = new byte[length];
        found.getBytes(0, value);
        return decode(value);
    }

    private static void require(final int status, final String key) {
        switch (status) {
            case Status.KEY_LENGTH_INVALID ->
                    throw new IllegalArgumentException(
                            "key has no or more than "
                                    + StoreContext.MAX_KEY_LENGTH
                                    + " bytes: "
                                    + key);
            case Status.VALUE_TOO_LONG ->
                    throw new IllegalArgumentException(
                            "value of key " + key + " is longer than maxValueLength");
            default -> {
                if (status < 0) {
                    throw new IllegalStateException("key " + key + ": " + Status.nameOf(status));
                }
            }
        }
    }

    private void write(final String key, final V value) {
        final byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        final byte[] valueBytes = encode(value);
        keyBuffer.wrap(keyBytes);
        valueBuffer.wrap(valueBytes);
        require(
                store.put(keyBuffer, 0, keyBytes.length, valueBuffer, 0, valueBytes.length, 0),
                key);
    }

    private void delete(final String key) {
        final byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        keyBuffer.wrap(bytes);
        require(store.remove(keyBuffer, 0, bytes.length), key);
    }

    @Override
    public final V put(final String key, final V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        synchronized (lock) {
            final V old = find(key);
            write(key, value);
            return old;
        }
    }

    @Override
    public final V putIfAbsent(final String key, final V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        synchronized (lock) {
            final V old = find(key);
            if (old == null) {
                write(key, value);
            }
            return old;
        }
    }

    @Override
    public final V remove(final Object key) {
        Objects.requireNonNull(key, "key");
        if (!(key instanceof String text)) {
            return null;
        }
        synchronized (lock) {
            final V old = find(text);
            if (old != null) {
                delete(text);
            }
            return old;
        }
    }

    @Override
    public final boolean remove(final Object key, final Object value) {
        Objects.requireNonNull(key, "key");
        if (!(key instanceof String text) || value == null) {
            return false;
        }
        synchronized (lock) {
            final V old = find(text);
            if (old == null || !isSame(old, value)) {
                return false;
            }
            delete(text);
            return true;
        }
    }

    @Override
    public final V replace(final String key, final V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        synchronized (lock) {
            final V old = find(key);
            if (old != null) {
                write(key, value);
            }
            return old;
        }
    }

    @Override
    public final boolean replace(final String key, final V expected, final V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(value, "value");
        synchronized (lock) {
            final V old = find(key);
            if (old == null || !isSame(old, expected)) {
                return false;
            }
            write(key, value);
            return true;
        }
    }

    @Override
    public final boolean containsKey(final Object key) {
        return get(key) != null;
    }

    @Override
    public final boolean containsValue(final Object value) {
        Objects.requireNonNull(value, "value");
        return entries().stream().anyMatch(entry -> isSame(entry.getValue(), value));
    }

    @Override
    public final void clear() {
        synchronized (lock) {
            for (final Entry<String, V> entry : entries()) {
                delete(entry.getKey());
            }
        }
    }

    private List<Entry<String, V>> entries() {
        final List<Entry<String, V>> entries = new ArrayList<>();
        synchronized (lock) {
            require(
                    scan.forEach(
                            entry -> {
                                final byte[] value = new byte[entry.valueLength()];
                                entry.buffer().getBytes(entry.valueOffset(), value);
                                entries.add(
                                        new SimpleImmutableEntry<>(
                                                entry.buffer()
                                                        .getStringWithoutLengthUtf8(
                                                                entry.keyOffset(),
                                                                entry.keyLength()),
                                                decode(value)));
                                return true;
                            }),
                    "of a scan");
        }
        return entries;
    }

    @Override
    public final Set<Entry<String, V>> entrySet() {
        return new EntrySet();
    }

    /** A live view; its iterators go over the entries as of their making. */
    private final class EntrySet extends AbstractSet<Entry<String, V>> {
        @Override
        public Iterator<Entry<String, V>> iterator() {
            final Iterator<Entry<String, V>> entries = entries().iterator();
            return new Iterator<>() {
                private String last;

                @Override
                public boolean hasNext() {
                    return entries.hasNext();
                }

                @Override
                public Entry<String, V> next() {
                    final Entry<String, V> entry = entries.next();
                    last = entry.getKey();
                    return new WriteThroughEntry(entry);
                }

                @Override
                public void remove() {
                    if (last == null) {
                        throw new IllegalStateException("next was not called");
                    }
                    CodecMap.this.remove(last);
                    last = null;
                }
            };
        }

        @Override
        public int size() {
            return entries().size();
        }

        @Override
        public boolean contains(final Object object) {
            if (!(object instanceof Map.Entry<?, ?> entry)
                    || entry.getKey() == null
                    || entry.getValue() == null) {
                return false;
            }
            final V value = get(entry.getKey());
            return value != null && isSame(value, entry.getValue());
        }

        @Override
        public boolean remove(final Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && CodecMap.this.remove(entry.getKey(), entry.getValue());
        }

        @Override
        public void clear() {
            CodecMap.this.clear();
        }
    }

    private final class WriteThroughEntry extends SimpleEntry<String, V> {
        private static final long serialVersionUID = 1L;

        WriteThroughEntry(final Entry<String, V> entry) {
            super(entry);
        }

        @Override
        public V setValue(final V value) {
            CodecMap.this.put(getKey(), value);
            return super.setValue(value);
        }
    }

    /** Unmaps what iteration uses; the store stays open. */
    @Override
    public final void close() {
        synchronized (lock) {
            reader.close();
        }
    }
}
