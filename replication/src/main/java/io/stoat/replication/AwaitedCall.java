package io.stoat.replication;

import io.stoat.store.CommandEncoder;
import java.util.function.IntSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;

/**
 * The synchronous call of a {@link ReplicatedClient}: waits for the outcome of one message or
 * question, and keeps what came with it. One thread; allocates nothing.
 */
final class AwaitedCall {
    private final ClientGroups groups;
    private final IdleStrategy idleStrategy;
    private final IntSupplier poll;
    private GroupClient last;
    private long message;
    private int status;
    private boolean isDone;
    private long version;
    private long counter;
    private long position;
    private long entries;

    /**
     * @param poll lets the client work; returns the work done.
     */
    AwaitedCall(
            final ClientGroups groups, final IdleStrategy idleStrategy, final IntSupplier poll) {
        this.groups = groups;
        this.idleStrategy = idleStrategy;
        this.poll = poll;
    }

    /** The encoder of a key's group, for the one command of the call. */
    CommandEncoder encoder(final DirectBuffer key, final int keyOffset, final int keyLength) {
        last = groups.of(key, keyOffset, keyLength);
        if (last.flow().hasCommands()) {
            throw new IllegalStateException(
                    "commands were encoded but not sent: call send() first");
        }
        CommandEncoder commands = last.flow().commands();
        while (commands == null) {
            idleStrategy.idle(poll.getAsInt());
            commands = last.flow().commands();
        }
        return commands;
    }

    /** Sends what was encoded and waits; the status of the command. */
    int outcome() {
        isDone = false;
        message = last.flow().nextNumber();
        last.flow().send();
        idleStrategy.reset();
        while (!isDone) {
            idleStrategy.idle(poll.getAsInt());
        }
        message = 0;
        return status;
    }

    /** Takes a result, if it is the one that is waited for. */
    boolean takes(
            final long resultMessage,
            final int index,
            final int resultStatus,
            final long resultVersion,
            final long resultCounter,
            final long resultPosition) {
        if (resultMessage != message || index != 0) {
            return false;
        }
        status = resultStatus;
        version = resultVersion;
        counter = resultCounter;
        position = resultPosition;
        isDone = true;
        return true;
    }

    /** Waits for the answer to a group's question for a value; false when none comes in time. */
    boolean isValueAnswered(final GroupClient group) {
        final boolean isAnswered = isAnswered(group);
        version = isAnswered ? group.query().version() : version;
        return isAnswered;
    }

    /** Waits for the answer to a group's question for a checksum; false when none comes in time. */
    boolean isChecksumAnswered(final GroupClient group) {
        final boolean isAnswered = isAnswered(group);
        entries = isAnswered ? group.query().entries() : entries;
        return isAnswered;
    }

    private boolean isAnswered(final GroupClient group) {
        final LogQuery query = group.query();
        idleStrategy.reset();
        while (!query.isAnswered()) {
            final long nowNs = System.nanoTime();
            if (query.isTimedOut(nowNs)) {
                return false;
            }
            query.poll(nowNs);
            idleStrategy.idle(poll.getAsInt());
        }
        position = query.position();
        group.reached(position);
        return true;
    }

    long version() {
        return version;
    }

    long counter() {
        return counter;
    }

    long position() {
        return position;
    }

    long entries() {
        return entries;
    }
}
