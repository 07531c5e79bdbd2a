package io.stoat.replication;

import io.aeron.security.AuthenticatorSupplier;
import io.aeron.security.CredentialsSupplier;
import io.aeron.security.DefaultAuthenticatorSupplier;
import io.aeron.security.NullCredentialsSupplier;
import io.stoat.transport.Token;
import io.stoat.transport.TokenAuthenticator;
import io.stoat.transport.TransportException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.agrona.collections.ArrayUtil;

/**
 * The secret that members and clients of a cluster share: whoever opens a session with a group,
 * asks for a backup, or talks to an archive, has to bring it. Without one, which only a cluster on
 * loopback may be, everyone is admitted.
 */
final class ClusterToken {
    private final byte[] token;

    private ClusterToken(final byte[] token) {
        this.token = token;
    }

    /**
     * Reads the token.
     *
     * @throws ReplicationException when the file cannot be used, or is missing where it is needed.
     */
    static ClusterToken of(final ClusterSettings settings) {
        if (settings.tokenFile() == null) {
            requireLoopback(settings.hosts());
            return new ClusterToken(null);
        }
        try {
            return new ClusterToken(Token.read(settings.tokenFile()));
        } catch (final TransportException ex) {
            throw new ReplicationException(ex.getMessage(), ex);
        }
    }

    private static void requireLoopback(final List<String> hosts) {
        for (final String host : hosts) {
            try {
                if (!InetAddress.getByName(host).isLoopbackAddress()) {
                    throw new ReplicationException(
                            "hosts names "
                                    + host
                                    + ", which is not a loopback address: beyond loopback members"
                                    + " and clients need a shared token, give token-file=FILE");
                }
            } catch (final UnknownHostException ex) {
                throw new ReplicationException(
                        "hosts names " + host + ", which has no address: " + ex.getMessage(), ex);
            }
        }
    }

    AuthenticatorSupplier authenticatorSupplier() {
        return token == null
                ? new DefaultAuthenticatorSupplier()
                : () -> new TokenAuthenticator(token);
    }

    CredentialsSupplier credentialsSupplier() {
        return token == null ? new NullCredentialsSupplier() : new Bearer(token);
    }

    /** Brings the token at once; nobody challenges. */
    private record Bearer(byte[] token) implements CredentialsSupplier {
        @Override
        public byte[] encodedCredentials() {
            return token;
        }

        @Override
        public byte[] onChallenge(final byte[] encodedChallenge) {
            return ArrayUtil.EMPTY_BYTE_ARRAY;
        }
    }
}
