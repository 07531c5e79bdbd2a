package io.stoat.transport;

import io.stoat.store.Command;
import io.stoat.store.CommandDecoder;
import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import io.stoat.store.StoreWriter;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.broadcast.BroadcastBufferDescriptor;
import org.agrona.concurrent.broadcast.BroadcastReceiver;
import org.agrona.concurrent.broadcast.BroadcastTransmitter;

/**
 * Changes of one write agent's shards, for whoever keeps up: the writer overwrites the oldest and
 * never waits. The writer's methods are for its thread only; they allocate nothing.
 */
final class ChangeRing {
    private static final int MESSAGE_TYPE = 1;

    private final ChangeLog log;
    private final UnsafeBuffer buffer;
    private final BroadcastTransmitter transmitter;
    private final AtomicLong acknowledged = new AtomicLong();
    private final UnsafeBuffer scratch;
    private final CommandDecoder part = new CommandDecoder();
    private boolean watched;

    ChangeRing(final ChangeLog log, final int capacity) {
        this.log = log;
        buffer =
                new UnsafeBuffer(
                        ByteBuffer.allocateDirect(
                                capacity + BroadcastBufferDescriptor.TRAILER_LENGTH));
        transmitter = new BroadcastTransmitter(buffer);
        scratch = new UnsafeBuffer(new byte[transmitter.maxMsgLength()]);
    }

    BroadcastReceiver newReceiver() {
        return new BroadcastReceiver(buffer);
    }

    int maxChangeLength() {
        return scratch.capacity();
    }

    long acknowledgedEpoch() {
        return acknowledged.get();
    }

    /** Writer, between two commands. */
    void beginCycle() {
        final long epoch = log.epoch();
        if (epoch != acknowledged.getPlain()) {
            watched = log.isWatched();
            acknowledged.setRelease(epoch);
        }
    }

    boolean isWatched() {
        return watched;
    }

    /** Writer: says that an entry has expired or was evicted. */
    void onRemoved(
            final int shard,
            final boolean evicted,
            final long position,
            final long version,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength) {
        if (watched) {
            ChangeLayout.header(
                    scratch,
                    0,
                    position,
                    version,
                    shard,
                    evicted ? ChangeLayout.EVICT : ChangeLayout.EXPIRE,
                    keyLength,
                    0);
            scratch.putBytes(ChangeLayout.HEADER_LENGTH, key, keyOffset, keyLength);
            transmitter.transmit(
                    MESSAGE_TYPE, scratch, 0, ChangeLayout.encodedLength(keyLength, 0));
        }
    }

    /** Writer: says what a command that ended well has changed. */
    void onApplied(
            final CommandDecoder command,
            final StoreWriter writer,
            final ShardMap shardMap,
            final long timeMs) {
        final int shard = command.shard(shardMap);
        final long position = writer.appliedPosition(shard);
        if (command.operation() != Command.BATCH) {
            append(command, shard, position, writer.counter(), timeMs);
            return;
        }
        int at = command.firstOffset();
        for (int i = 0; i < command.count() && part.wrapNext(command, at) == Status.OK; i++) {
            append(part, shard, position, writer.counter(i), timeMs);
            at = part.endOffset();
        }
    }

    private void append(
            final CommandDecoder command,
            final int shard,
            final long version,
            final long counter,
            final long timeMs) {
        switch (command.operation()) {
            case Command.REMOVE, Command.REMOVE_IF_VERSION ->
                    append(command, shard, version, 0, ChangeLayout.REMOVE, null, 0, 0);
            case Command.TOUCH ->
                    append(
                            command,
                            shard,
                            version,
                            command.expiresAtMs(timeMs),
                            ChangeLayout.TOUCH,
                            null,
                            0,
                            0);
            case Command.ADD -> {
                // where it will not be overwritten by the change itself: at the buffer's end
                final int at = scratch.capacity() - Long.BYTES;
                scratch.putLong(at, counter, ChangeLayout.ORDER);
                append(
                        command,
                        shard,
                        version,
                        ChangeLayout.EXPIRY_UNCHANGED,
                        ChangeLayout.PUT,
                        scratch,
                        at,
                        Long.BYTES);
            }
            default ->
                    append(
                            command,
                            shard,
                            version,
                            command.expiresAtMs(timeMs),
                            ChangeLayout.PUT,
                            command.buffer(),
                            command.valueOffset(),
                            command.valueLength());
        }
    }

    private void append(
            final CommandDecoder command,
            final int shard,
            final long version,
            final long operand,
            final int kind,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength) {
        final int keyLength = command.keyLength();
        final boolean fits =
                ChangeLayout.encodedLength(keyLength, valueLength)
                        <= scratch.capacity() - Long.BYTES;
        final int length = fits ? valueLength : 0;
        ChangeLayout.header(
                scratch,
                0,
                version,
                operand,
                shard,
                fits ? kind : ChangeLayout.PUT_WITHOUT_VALUE,
                keyLength,
                length);
        scratch.putBytes(
                ChangeLayout.HEADER_LENGTH, command.buffer(), command.keyOffset(), keyLength);
        if (length > 0) {
            scratch.putBytes(ChangeLayout.HEADER_LENGTH + keyLength, value, valueOffset, length);
        }
        transmitter.transmit(
                MESSAGE_TYPE, scratch, 0, ChangeLayout.encodedLength(keyLength, length));
    }
}
