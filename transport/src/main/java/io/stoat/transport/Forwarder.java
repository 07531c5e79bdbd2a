package io.stoat.transport;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Hands commands that came to the wrong write agent on to the one that owns their shard, and the
 * results back: two rings an agent, so that answers never wait behind commands. Full is a return
 * value. Any write agent's thread.
 */
final class Forwarder {
    /** Takes what was handed on; buffers are valid during the call. */
    interface CommandHandler {
        /** False to be given it again. */
        boolean onForwarded(
                int origin,
                long sessionKey,
                long correlationId,
                DirectBuffer buffer,
                int offset,
                int length);
    }

    /** Takes the results of what this agent handed on. */
    interface AnswerHandler {
        void onAnswer(long sessionKey, long correlationId, int status, long version, long operand);
    }

    private static final int MESSAGE_TYPE = 1;
    private static final int SESSION_KEY_OFFSET = 0;
    private static final int CORRELATION_ID_OFFSET = 8;
    private static final int ORIGIN_OFFSET = 16;
    private static final int COMMAND_OFFSET = 24;
    private static final int VERSION_OFFSET = 16;
    private static final int OPERAND_OFFSET = 24;
    private static final int STATUS_OFFSET = 32;
    private static final int ANSWER_LENGTH = 40;
    private static final int READ_LIMIT = 64;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final RingBuffer[] commands;
    private final RingBuffer[] answers;

    /** capacity bounds the commands on their way to one agent, bytes, a power of two. */
    Forwarder(final int agents, final int capacity) {
        commands = new RingBuffer[agents];
        answers = new RingBuffer[agents];
        for (int i = 0; i < agents; i++) {
            commands[i] = ring(agents == 1 ? 1024 : capacity);
            answers[i] = ring(agents == 1 ? 1024 : capacity);
        }
    }

    private static RingBuffer ring(final int capacity) {
        return new ManyToOneRingBuffer(
                new UnsafeBuffer(
                        java.nio.ByteBuffer.allocateDirect(
                                capacity + RingBufferDescriptor.TRAILER_LENGTH)));
    }

    boolean forward(
            final int owner,
            final int origin,
            final long sessionKey,
            final long correlationId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final RingBuffer ring = commands[owner];
        if (COMMAND_OFFSET + length > ring.maxMsgLength()) {
            return false;
        }
        final int index = ring.tryClaim(MESSAGE_TYPE, COMMAND_OFFSET + length);
        if (index < 0) {
            return false;
        }
        final AtomicBuffer message = ring.buffer();
        message.putLong(index + SESSION_KEY_OFFSET, sessionKey, ORDER);
        message.putLong(index + CORRELATION_ID_OFFSET, correlationId, ORDER);
        message.putInt(index + ORIGIN_OFFSET, origin, ORDER);
        message.putBytes(index + COMMAND_OFFSET, buffer, offset, length);
        ring.commit(index);
        return true;
    }

    /** Makes room for an answer before its command is applied; negative when there is none. */
    int claimAnswer(final int origin) {
        return answers[origin].tryClaim(MESSAGE_TYPE, ANSWER_LENGTH);
    }

    void answer(
            final int origin,
            final int claimed,
            final long sessionKey,
            final long correlationId,
            final int status,
            final long version,
            final long operand) {
        final AtomicBuffer message = answers[origin].buffer();
        message.putLong(claimed + SESSION_KEY_OFFSET, sessionKey, ORDER);
        message.putLong(claimed + CORRELATION_ID_OFFSET, correlationId, ORDER);
        message.putLong(claimed + VERSION_OFFSET, version, ORDER);
        message.putLong(claimed + OPERAND_OFFSET, operand, ORDER);
        message.putInt(claimed + STATUS_OFFSET, status, ORDER);
        answers[origin].commit(claimed);
    }

    /** The inbox of one agent. Its thread only. */
    final class Inbox {
        private final int agent;
        private final ControlledMessageHandler onCommand;
        private final ControlledMessageHandler onAnswer;

        Inbox(
                final int agent,
                final CommandHandler commandHandler,
                final AnswerHandler answerHandler) {
            this.agent = agent;
            onCommand =
                    (type, message, index, length) ->
                            commandHandler.onForwarded(
                                            message.getInt(index + ORIGIN_OFFSET, ORDER),
                                            message.getLong(index + SESSION_KEY_OFFSET, ORDER),
                                            message.getLong(index + CORRELATION_ID_OFFSET, ORDER),
                                            message,
                                            index + COMMAND_OFFSET,
                                            length - COMMAND_OFFSET)
                                    ? ControlledMessageHandler.Action.CONTINUE
                                    : ControlledMessageHandler.Action.ABORT;
            onAnswer =
                    (type, message, index, length) -> {
                        answerHandler.onAnswer(
                                message.getLong(index + SESSION_KEY_OFFSET, ORDER),
                                message.getLong(index + CORRELATION_ID_OFFSET, ORDER),
                                message.getInt(index + STATUS_OFFSET, ORDER),
                                message.getLong(index + VERSION_OFFSET, ORDER),
                                message.getLong(index + OPERAND_OFFSET, ORDER));
                        return ControlledMessageHandler.Action.CONTINUE;
                    };
        }

        int poll() {
            return answers[agent].controlledRead(onAnswer, READ_LIMIT)
                    + commands[agent].controlledRead(onCommand, READ_LIMIT);
        }
    }
}
