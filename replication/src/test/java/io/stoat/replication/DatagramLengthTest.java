package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The largest datagram follows from the hosts, unless it is given. */
class DatagramLengthTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = ';',
            value = {
                // hosts; mtu; term-length; expected
                "-; -; -; 65504",
                "127.0.0.1,127.0.0.1,127.0.0.1; -; -; 65504",
                "localhost,127.0.1.1,[::1]; -; -; 65504",
                "127.0.0.1,10.0.0.2,127.0.0.1; -; -; 1408",
                "127.example.org; -; -; 1408",
                "10.0.0.1,10.0.0.2,10.0.0.3; -; -; 1408",
                "10.0.0.1,10.0.0.2,10.0.0.3; jumbo; -; 8192",
                "127.0.0.1; jumbo; -; 8192",
                "127.0.0.1; 4096; -; 4096",
                "10.0.0.1; 65504; -; 65504",
                "127.0.0.1; -; 262144; 32768",
                "127.0.0.1; -; 524288; 65504",
                "127.0.0.1; -; 65536; 8192",
            })
    void shouldFollowFromHostsUnlessGiven(
            final String hosts, final String mtu, final String termLength, final int expected) {
        final ClusterConfig config = config(hosts, mtu, termLength);
        assertEquals(expected, config.mtu());
        assertEquals(expected - 512, config.datagramCommandsLength());
    }

    @Test
    void shouldRefuseWhatIsNoLength() {
        for (final String mtu : new String[] {"large", "1376", "65536", "1410"}) {
            final ReplicationException refusal =
                    assertThrows(ReplicationException.class, () -> config("127.0.0.1", mtu, null));
            assertTrue(refusal.getMessage().contains("mtu=" + mtu), refusal.getMessage());
        }
    }

    private static ClusterConfig config(
            final String hosts, final String mtu, final String termLength) {
        final Properties settings = new Properties();
        settings.setProperty("dir", "unused");
        set(settings, "hosts", hosts);
        set(settings, "mtu", mtu);
        set(settings, "term-length", termLength);
        return ClusterConfig.of(settings);
    }

    private static void set(final Properties settings, final String name, final String value) {
        if (value != null) {
            settings.setProperty(name, value);
        }
    }
}
