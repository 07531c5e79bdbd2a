package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:1", "255.249.199.0:1", "[::1]:1", "[fe80::1:2]:1"})
    void shouldKnowAnAddress(final String text) {
        final Endpoint endpoint = Endpoint.parse(text);
        assertTrue(endpoint.isLiteral());
        assertEquals(text, endpoint.toString());
        endpoint.address();
    }

    /** The numbers that are none are names to the JDK, too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:1",
                "example.com:1",
                "256.0.0.1:1",
                "1.2.3:1",
                "1.2.3.4.5:1",
                "1234:1",
                "abc.de:1",
                "[example.com]:1",
                "[g::1]:1",
                "[::1%lo]:1"
            })
    void shouldTellANameFromAnAddress(final String text) {
        assertFalse(Endpoint.parse(text).isLiteral());
    }

    @Test
    void shouldRefuseWhatIsNoEndpoint() {
        for (final String text :
                new String[] {null, "", "127.0.0.1", ":1", "h:65536", "h:x", "::1:7480"}) {
            assertThrows(TransportException.class, () -> Endpoint.parse(text), text);
        }
    }
}
