package io.stoat.transport;

import io.aeron.security.Authenticator;
import io.aeron.security.SessionProxy;
import io.stoat.store.Status;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.EpochClock;

/**
 * Asks an {@link Authenticator} whether a session may be opened. Refusals are answered late and
 * only so many at a time, and only so many a second are examined ({@link GuessLimit}), so that
 * tokens cannot be guessed fast; sessions with the right token do not wait for refusals. One
 * agent's thread.
 */
final class Admission implements SessionProxy {
    /** Nobody has decided yet. */
    static final int UNDECIDED = 1;

    /** After this time a client with a wrong token is told so. */
    static final long REFUSAL_DELAY_NS = TimeUnit.SECONDS.toNanos(1);

    private static final int MAX_CREDENTIALS_LENGTH = Token.MAX_LENGTH;

    private final Authenticator authenticator;
    private final EpochClock clock;
    private long sessionId;
    private int decision;

    Admission(final Authenticator authenticator, final EpochClock clock) {
        this.authenticator = authenticator;
        this.clock = clock;
    }

    /** False for credentials that no token can be. */
    boolean request(
            final long sessionKey, final DirectBuffer buffer, final int offset, final int length) {
        if (length > MAX_CREDENTIALS_LENGTH) {
            return false;
        }
        final byte[] credentials = new byte[length];
        buffer.getBytes(offset, credentials);
        authenticator.onConnectRequest(sessionKey, credentials, clock.time());
        return true;
    }

    /** OK, NOT_AUTHENTICATED, or {@link #UNDECIDED}: ask again once its client can be answered. */
    int decide(final long sessionKey) {
        sessionId = sessionKey;
        decision = UNDECIDED;
        authenticator.onConnectedSession(this, clock.time());
        return decision;
    }

    @Override
    public long sessionId() {
        return sessionId;
    }

    /** The protocol has no challenges. */
    @Override
    public boolean challenge(final byte[] encodedChallenge) {
        decision = TransportStatus.NOT_AUTHENTICATED;
        return true;
    }

    @Override
    public boolean authenticate(final byte[] encodedPrincipal) {
        decision = Status.OK;
        return true;
    }

    @Override
    public void reject() {
        decision = TransportStatus.NOT_AUTHENTICATED;
    }
}
