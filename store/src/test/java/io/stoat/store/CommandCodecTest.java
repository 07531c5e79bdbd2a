package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Commands come out as they went in; arbitrary bytes lead to a status. */
class CommandCodecTest {
    private final CommandEncoder encoder = new CommandEncoder();
    private final CommandDecoder decoder = new CommandDecoder();
    private final UnsafeBuffer key = new UnsafeBuffer("\u0001AMZN".getBytes());
    private final UnsafeBuffer value = new UnsafeBuffer("price 223.82".getBytes());
    private final UnsafeBuffer buffer = TestBytes.heap(4_096);

    @Test
    void shouldDecodeWhatWasEncoded() {
        buffer.setMemory(0, buffer.capacity(), (byte) -1);
        encoder.wrap(buffer, 16, 1_000);
        final int length = encoder.put(PutMode.IF_VERSION, key, 1, 4, value, 6, 6, 5_000, true, 77);
        assertEquals(Command.encodedLength(4, 6), length);
        assertEquals(length, encoder.encodedLength());
        assertEquals(Status.OK, decoder.wrap(buffer, 16, length));
        assertEquals(Command.PUT_IF_VERSION, decoder.operation());
        assertEquals(77, decoder.expectedVersion());
        assertEquals(
                "AMZN",
                buffer.getStringWithoutLengthAscii(decoder.keyOffset(), decoder.keyLength()));
        assertEquals(
                "223.82",
                buffer.getStringWithoutLengthAscii(decoder.valueOffset(), decoder.valueLength()));
        assertEquals(8_000, decoder.expiresAtMs(3_000));
        assertEquals(Long.MAX_VALUE, decoder.expiresAtMs(Long.MAX_VALUE - 10));
        assertEquals(0, buffer.getInt(16 + 32 + 4), "padding is zero");

        encoder.wrap(buffer, 0, 1_000);
        assertEquals(48, encoder.put(PutMode.ALWAYS, key, 0, 5, value, 0, 1, 9, false, 0));
        assertEquals(40, encoder.remove(key, 0, 5));
        assertEquals(40, encoder.removeIfVersion(key, 0, 5, 3));
        assertEquals(40, encoder.add(key, 0, 5, -4));
        assertEquals(40, encoder.touch(key, 0, 5, 0, true));
        final int[] operations = {
            Command.PUT, Command.REMOVE, Command.REMOVE_IF_VERSION, Command.ADD, Command.TOUCH
        };
        int at = 0;
        for (final int operation : operations) {
            assertEquals(Status.OK, decoder.wrap(buffer, at, operation == Command.PUT ? 48 : 40));
            assertEquals(operation, decoder.operation());
            assertEquals(5, decoder.keyLength());
            at = decoder.endOffset();
        }
        assertEquals(encoder.encodedLength(), at);
        assertEquals(0, decoder.expiresAtMs(1_000), "no expiry is none, relative or not");
    }

    @Test
    void shouldCarryCommandsInBatches() {
        encoder.wrap(buffer, 0, 1_000);
        assertEquals(Status.OK, encoder.beginBatch());
        assertThrows(IllegalStateException.class, encoder::beginBatch);
        assertEquals(0, encoder.endBatch());
        assertEquals(0, encoder.encodedLength(), "an empty batch leaves nothing");
        assertThrows(IllegalStateException.class, encoder::endBatch);
        encoder.beginBatch();
        encoder.add(key, 0, 5, 1);
        encoder.remove(key, 0, 5);
        final int length = encoder.endBatch();
        assertEquals(32 + 40 + 40, length);
        assertEquals(Status.OK, decoder.wrap(buffer, 0, length));
        assertEquals(Command.BATCH, decoder.operation());
        assertEquals(2, decoder.count());
        final CommandDecoder next = new CommandDecoder();
        assertEquals(Status.OK, next.wrapNext(decoder, decoder.firstOffset()));
        assertEquals(Command.ADD, next.operation());
        assertEquals(1, next.delta());
        assertEquals(Status.OK, next.wrapNext(decoder, next.endOffset()));
        assertEquals(Command.REMOVE, next.operation());
        assertEquals(Status.MALFORMED, next.wrapNext(decoder, next.endOffset()));
        final ShardMap map = new ShardMap(7, 1);
        assertEquals(map.shardOf(key, 0, 5), decoder.shard(map));
        assertEquals(map.shardOf(key, 0, 5), next.shard(map));
    }

    @Test
    void shouldRefuseToEncodeWhatDoesNotFit() {
        encoder.wrap(buffer, 0, 47);
        assertEquals(
                Status.BUFFER_TOO_SMALL,
                encoder.put(PutMode.ALWAYS, key, 0, 5, value, 0, 1, 0, false, 0));
        assertEquals(
                Status.BUFFER_TOO_SMALL,
                encoder.put(PutMode.ALWAYS, key, 0, 5, value, 0, Integer.MAX_VALUE, 0, false, 0));
        assertEquals(Status.KEY_LENGTH_INVALID, encoder.add(key, 0, 0, 1));
        assertEquals(0, encoder.encodedLength());
        assertEquals(40, encoder.add(key, 0, 5, 1));
        encoder.wrap(TestBytes.heap(8_192), 0, 8_192);
        encoder.beginBatch();
        for (int i = 0; i < Command.MAX_BATCH_COMMANDS; i++) {
            assertEquals(40, encoder.add(key, 0, 5, 1));
        }
        assertEquals(Status.BATCH_TOO_LARGE, encoder.add(key, 0, 5, 1));
    }

    @Test
    void shouldAnswerArbitraryBytesWithAStatus() {
        final long seed = Long.getLong("stoat.seed", System.nanoTime());
        final Random random = new Random(seed);
        final CommandDecoder next = new CommandDecoder();
        int sound = 0;
        for (int i = 0; i < 200_000; i++) {
            encoder.wrap(buffer, 0, 512);
            final boolean batch = random.nextBoolean();
            if (batch) {
                encoder.beginBatch();
                encoder.add(key, 0, 5, 1);
            }
            encoder.put(random.nextInt(3), key, 0, 5, value, 0, random.nextInt(12), 0, false, 0);
            if (batch) {
                encoder.endBatch();
            }
            for (int n = random.nextInt(4); n > 0; n--) {
                buffer.putByte(random.nextInt(80), (byte) random.nextInt());
            }
            final int room = random.nextInt(8) == 0 ? random.nextInt(200) : encoder.encodedLength();
            // a buffer that ends where the range does: one byte more would throw
            final UnsafeBuffer exact = new UnsafeBuffer(buffer, 0, room);
            int status = decoder.wrap(exact, 0, room);
            if (status == Status.OK) {
                sound++;
                decoder.shard(new ShardMap(3, 1));
                int at = decoder.firstOffset();
                for (int n = 0; n < decoder.count() && status == Status.OK; n++) {
                    status = next.wrapNext(decoder, at);
                    if (status == Status.OK) {
                        exact.boundsCheck(next.keyOffset(), next.keyLength());
                        exact.boundsCheck(next.valueOffset(), next.valueLength());
                        at = next.endOffset();
                    }
                }
            } else {
                assertTrue(
                        status == Status.MALFORMED || status == Status.KEY_LENGTH_INVALID,
                        "seed " + seed);
            }
        }
        assertTrue(sound > 10_000 && sound < 190_000, "sound " + sound);
    }
}
