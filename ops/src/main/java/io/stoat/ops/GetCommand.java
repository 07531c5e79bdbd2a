package io.stoat.ops;

import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat get}: through shared memory, over UDP, or through a cluster's log. */
@Command(
        name = "get",
        description =
                "Read a value: through shared memory, from a node's endpoint, or from a cluster (linearizable).",
        footer = {
            "",
            "Examples:",
            "  stoat get AMZN --data-dir /dev/shm/prices",
            "  stoat get AMZN --endpoint 127.0.0.1:7480 --long",
            "  stoat get AMZN --cluster prices.cluster"
        })
final class GetCommand implements Callable<Integer> {
    private static final int LONGEST_VALUE = 16 * 1024 * 1024;

    @Parameters(paramLabel = "KEY", description = "Key, UTF-8, 1 to 1024 bytes.")
    private String key;

    @Mixin private StoreOptions options;

    @Option(names = "--hex", description = "Print the value's bytes in hexadecimal.")
    private boolean hex;

    @Option(
            names = {"-l", "--long"},
            description = "Print version and expiry too.")
    private boolean detailed;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final UnsafeBuffer keyBuffer = StoreOptions.keyOf(key);
        return options.isRemote() ? getRemote(keyBuffer) : getShared(keyBuffer);
    }

    private int getShared(final UnsafeBuffer keyBuffer) {
        try (StoreReader reader = StoreReader.attach(options.dataDir())) {
            final MutableDirectBuffer value =
                    new UnsafeBuffer(new byte[reader.stat().maxValueLength()]);
            final int result =
                    reader.get(keyBuffer, 0, keyBuffer.capacity(), value, 0, value.capacity());
            if (reader.ownerState() == StoreReader.OwnerState.STALE) {
                spec.commandLine()
                        .getErr()
                        .println(
                                "stoat: the owner (pid "
                                        + reader.stat().ownerPid()
                                        + ") shows no heartbeat; the value is as it left it");
            }
            return print(
                    StoreOptions.failure(result, key, reader.version()),
                    result,
                    value,
                    reader.version(),
                    reader.expiresAtMs());
        }
    }

    private int getRemote(final UnsafeBuffer keyBuffer) {
        try (CommandTarget client = options.connect()) {
            MutableDirectBuffer value = new UnsafeBuffer(new byte[64 * 1024]);
            int result = client.get(keyBuffer, value, value.capacity());
            if (result == Status.BUFFER_TOO_SMALL) {
                value = new ExpandableArrayBuffer(LONGEST_VALUE);
                result = client.get(keyBuffer, value, LONGEST_VALUE);
            }
            return print(
                    client.failure(result, key),
                    result,
                    value,
                    client.version(),
                    client.expiresAtMs());
        }
    }

    private int print(
            final CommandFailure failure,
            final int result,
            final MutableDirectBuffer value,
            final long version,
            final long expiresAtMs) {
        if (failure != null) {
            throw failure;
        }
        final byte[] bytes = new byte[result];
        value.getBytes(0, bytes);
        final PrintWriter out = spec.commandLine().getOut();
        out.println(
                hex ? HexFormat.of().formatHex(bytes) : new String(bytes, StandardCharsets.UTF_8));
        if (detailed) {
            out.println("version " + version);
            if (expiresAtMs == CommandTarget.NOT_TOLD) {
                out.println("expiry is not told by a cluster: get --data-dir on a member tells it");
            } else if (expiresAtMs != 0) {
                out.println("expires " + java.time.Instant.ofEpochMilli(expiresAtMs));
            }
        }
        return ExitCode.OK;
    }
}
