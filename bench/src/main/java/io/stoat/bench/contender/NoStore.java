package io.stoat.bench.contender;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Stores nothing and answers every read rightly: what the harness itself costs (key choice, key
 * encoding and check; for percentiles also the clock). Every other figure includes it.
 */
final class NoStore implements Contender {
    private final RecordBuffers buffers = new RecordBuffers();
    private final UnsafeBuffer sink = buffers.value();
    private final long keyCount;

    NoStore(final long keyCount) {
        this.keyCount = keyCount;
    }

    @Override
    public long get(final long index) {
        buffers.encodeKey(index);
        return index < keyCount ? Record.tag(index) : Record.MISS;
    }

    @Override
    public void put(final long index, final long stamp) {
        buffers.encodeKey(index);
        buffers.encodeValue(index, stamp);
    }

    @Override
    public String settings() {
        return "no store: key choice, encoding and checking alone";
    }

    @Override
    public void close() {
        sink.setMemory(0, sink.capacity(), (byte) 0);
    }
}
