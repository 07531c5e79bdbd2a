package io.stoat.bench.cluster;

import io.stoat.replication.codec.ApplyCommandsEncoder;
import io.stoat.replication.codec.CommandResultsEncoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.ShardMap;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;

/** Keys, values and lengths of the puts, so that both clusters carry the same bytes. */
final class PutMessage {
    static final int KEY_LENGTH = 16;
    private static final int RESULT_LENGTH = 24;
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final UnsafeBuffer key = new UnsafeBuffer(new byte[KEY_LENGTH]);
    private final UnsafeBuffer value;
    private final long[] ids;
    private int next;

    /** Puts of all keys. */
    PutMessage(final int valueLength, final long keys) {
        this(valueLength, LongStream.range(0, keys).toArray());
    }

    private PutMessage(final int valueLength, final long... ids) {
        value = new UnsafeBuffer(new byte[valueLength]);
        this.ids = ids;
    }

    /** For each group, puts of the keys that belong to it. */
    static PutMessage[] ofGroups(final int valueLength, final long keys, final ShardMap map) {
        final PutMessage[] messages = new PutMessage[map.groups()];
        final UnsafeBuffer key = new UnsafeBuffer(new byte[KEY_LENGTH]);
        for (int i = 0; i < messages.length; i++) {
            final int group = i;
            messages[group] =
                    new PutMessage(
                            valueLength,
                            LongStream.range(0, keys)
                                    .filter(
                                            id -> {
                                                putKey(key, id);
                                                return map.groupOf(key, 0, KEY_LENGTH) == group;
                                            })
                                    .toArray());
        }
        return messages;
    }

    long firstId() {
        return ids[0];
    }

    static void putKey(final UnsafeBuffer key, final long id) {
        key.putLong(0, id * STEP);
        key.putLong(8, id);
    }

    /** Encodes the next put; keys are taken in turn, scattered over the store. */
    void encode(final CommandEncoder commands) {
        final long id = ids[next];
        next = next + 1 == ids.length ? 0 : next + 1;
        putKey(key, id);
        value.putLong(0, id);
        commands.put(PutMode.ALWAYS, key, 0, KEY_LENGTH, value, 0, value.capacity(), 0, false, 0);
    }

    /** Bytes of Stoat's message of so many puts. */
    int requestLength(final int puts) {
        final CommandEncoder commands = new CommandEncoder();
        commands.wrap(new UnsafeBuffer(new byte[2048 + value.capacity()]), 0, 2048);
        encode(commands);
        next = 0;
        return MessageHeaderEncoder.ENCODED_LENGTH
                + ApplyCommandsEncoder.BLOCK_LENGTH
                + puts * commands.encodedLength();
    }

    /** Bytes of Stoat's answer. */
    static int answerLength(final int puts) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + CommandResultsEncoder.BLOCK_LENGTH
                + puts * RESULT_LENGTH;
    }
}
