package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyBufferTest {
    private final KeyBuffer key = new KeyBuffer();

    private byte[] bytes() {
        final byte[] bytes = new byte[key.length()];
        key.buffer().getBytes(0, bytes);
        return bytes;
    }

    @Test
    void shouldEncodeTextAsStringsDo() {
        final Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            final StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                switch (random.nextInt(4)) {
                    case 0 -> text.append((char) random.nextInt(0x80));
                    case 1 -> text.append((char) random.nextInt(0x900));
                    // surrogates, alone and in pairs
                    case 2 -> text.append((char) (0xD700 + random.nextInt(0xA00)));
                    default -> text.appendCodePoint(random.nextInt(0x110000));
                }
            }
            key.set(text);
            assertArrayEquals(text.toString().getBytes(StandardCharsets.UTF_8), bytes());
            key.set(text.toString().getBytes(StandardCharsets.UTF_8));
            assertArrayEquals(text.toString().getBytes(StandardCharsets.UTF_8), bytes());
        }
    }

    @Test
    void shouldBeUsedWithoutAllocationAndRefusedWhenTooLong(@TempDir final Path dir) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final UnsafeBuffer value = TestBytes.heap(8);
        final UnsafeBuffer old = TestBytes.heap(8);
        final StringBuilder text = new StringBuilder("AMZN é ");
        try (Store store = Store.open(new StoreContext().dataDir(dir).entries(100))) {
            final StoreWriter writer = store.writer();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 8; round++) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                int wrong = 0;
                for (int i = 0; i < 20_000; i++) {
                    text.setLength(7);
                    text.append((char) ('a' + i % 20));
                    key.set(text);
                    value.putLong(0, i);
                    final int status =
                            writer.getAndPut(
                                    key.buffer(), 0, key.length(), value, 0, 8, 0, old, 0, 8);
                    wrong += status == Status.OK ? 0 : 1;
                    wrong += i < 20 || old.getLong(0) == i - 20 ? 0 : 1;
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                assertEquals(0, wrong);
            }
            assertTrue(least < 512, least + " bytes");
            assertEquals(20, store.size());
            assertEquals(8, writer.previousLength());
            key.set("new");
            assertEquals(
                    Status.OK,
                    writer.getAndPut(key.buffer(), 0, key.length(), value, 0, 8, 0, old, 0, 0));
            assertEquals(Status.NOT_FOUND, writer.previousLength());
            value.putLong(0, 99);
            assertEquals(
                    Status.BUFFER_TOO_SMALL,
                    writer.getAndPut(key.buffer(), 0, key.length(), value, 0, 8, 0, old, 0, 7));
            assertEquals(8, store.get(key.buffer(), 0, key.length(), old, 0, 8));
            assertEquals(19_999, old.getLong(0), "nothing was changed");
            key.set("x".repeat(1_025));
            assertEquals(
                    Status.KEY_LENGTH_INVALID,
                    store.put(key.buffer(), 0, key.length(), value, 0, 8, 0));
            key.set("\u20AC".repeat(2_000));
            assertTrue(key.length() > StoreContext.MAX_KEY_LENGTH);
            key.set(new byte[3_000]);
            assertEquals(StoreContext.MAX_KEY_LENGTH + 1, key.length());
        }
    }
}
