package io.stoat.transport;

import io.aeron.security.Authenticator;
import io.aeron.security.SessionProxy;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.agrona.collections.LongHashSet;

/**
 * Admits clients that bring the node's token. What is compared, in a time that does not depend on
 * it, are digests, so that not even the token's length shows. One agent's thread.
 */
public final class TokenAuthenticator implements Authenticator {
    private static final byte[] NO_PRINCIPAL = {};

    private final byte[] digest;
    private final LongHashSet admitted = new LongHashSet();

    /**
     * @param token that clients have to bring.
     */
    public TokenAuthenticator(final byte[] token) {
        digest = digest(token);
    }

    private static byte[] digest(final byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (final NoSuchAlgorithmException ex) {
            throw new IllegalStateException("every JDK has SHA-256", ex);
        }
    }

    @Override
    public void onConnectRequest(
            final long sessionId, final byte[] encodedCredentials, final long nowMs) {
        if (MessageDigest.isEqual(digest, digest(encodedCredentials))) {
            admitted.add(sessionId);
        }
    }

    @Override
    public void onChallengeResponse(
            final long sessionId, final byte[] encodedCredentials, final long nowMs) {
        admitted.remove(sessionId);
    }

    @Override
    public void onConnectedSession(final SessionProxy sessionProxy, final long nowMs) {
        if (admitted.remove(sessionProxy.sessionId())) {
            sessionProxy.authenticate(NO_PRINCIPAL);
        } else {
            sessionProxy.reject();
        }
    }

    @Override
    public void onChallengedSession(final SessionProxy sessionProxy, final long nowMs) {
        sessionProxy.reject();
    }
}
