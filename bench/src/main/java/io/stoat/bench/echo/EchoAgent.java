package io.stoat.bench.echo;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;

/** Answers every message with one as long as a get's answer, and nothing else. */
final class EchoAgent implements Agent {
    static final int REQUEST_STREAM = 11;
    static final int ANSWER_STREAM = 12;

    /** Of a Stoat message with one get, beside the key; and of its answer, beside the value. */
    static final int REQUEST_OVERHEAD = 26;

    static final int ANSWER_OVERHEAD = 48;

    private static final int FRAGMENT_LIMIT = 64;

    private final AgentInvoker driver;
    private final AgentInvoker conductor;
    private final Subscription[] requests;
    private final FragmentHandler[] handlers;
    private final BufferClaim claim = new BufferClaim();

    EchoAgent(
            final AgentInvoker driver,
            final Aeron aeron,
            final String endpoint,
            final int valueLength) {
        this.driver = driver;
        conductor = aeron.conductorAgentInvoker();
        final String[] channels = {"aeron:ipc", "aeron:udp?endpoint=" + endpoint};
        final String[] answerChannels = {
            "aeron:ipc", "aeron:udp?endpoint=" + EchoLoad.answerEndpoint(endpoint)
        };
        requests = new Subscription[channels.length];
        handlers = new FragmentHandler[channels.length];
        final int answerLength = ANSWER_OVERHEAD + valueLength;
        for (int i = 0; i < channels.length; i++) {
            requests[i] = aeron.addSubscription(channels[i], REQUEST_STREAM);
            final ExclusivePublication answers =
                    aeron.addExclusivePublication(answerChannels[i], ANSWER_STREAM);
            handlers[i] =
                    (buffer, offset, length, header) -> {
                        while (answers.isConnected()) {
                            if (answers.tryClaim(answerLength, claim) > 0) {
                                claim.buffer().putLong(claim.offset(), buffer.getLong(offset));
                                claim.commit();
                                return;
                            }
                            driver.invoke();
                        }
                    };
        }
    }

    @Override
    public int doWork() {
        int work = driver.invoke() + conductor.invoke();
        for (int i = 0; i < requests.length; i++) {
            work += requests[i].poll(handlers[i], FRAGMENT_LIMIT);
        }
        return work;
    }

    @Override
    public String roleName() {
        return "echo";
    }
}
