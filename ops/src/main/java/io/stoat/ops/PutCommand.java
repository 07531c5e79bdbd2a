package io.stoat.ops;

import io.stoat.transport.StoreClient;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code stoat put}: over IPC, or over UDP when an endpoint is given. Prints the version written.
 */
@Command(
        name = "put",
        description = "Write a value through a node, over IPC or UDP; prints its version.",
        footer = {
            "",
            "Examples:",
            "  stoat put AMZN 223.82 --ttl 5s",
            "  stoat put AMZN 223.90 --if-version 17 --endpoint 127.0.0.1:7480"
        })
final class PutCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "Key, UTF-8, 1 to 1024 bytes.")
    private String key;

    @Parameters(index = "1", paramLabel = "VALUE", description = "Value, UTF-8.")
    private String value;

    @Mixin private StoreOptions options;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "Time to live, such as 500ms, 5s, 2h (default: for ever).")
    private Ttl ttl;

    @ArgGroup(exclusive = true)
    private Condition condition;

    private static final class Condition {
        @Option(
                names = "--if-version",
                paramLabel = "V",
                description = "Write only if the entry has this version.")
        private Long version;

        @Option(names = "--if-absent", description = "Write only if the key is not there.")
        private boolean absent;
    }

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final UnsafeBuffer keyBuffer = StoreOptions.keyOf(key);
        final UnsafeBuffer valueBuffer = new UnsafeBuffer(value.getBytes(StandardCharsets.UTF_8));
        final int keyLength = keyBuffer.capacity();
        final int length = valueBuffer.capacity();
        final long ttlMs = ttl == null ? 0 : ttl.ms();
        try (StoreClient client = options.connect()) {
            final int status;
            if (condition != null && condition.version != null) {
                status =
                        client.putIfVersion(
                                keyBuffer,
                                0,
                                keyLength,
                                valueBuffer,
                                0,
                                length,
                                ttlMs,
                                condition.version);
            } else if (condition != null && condition.absent) {
                status = client.putIfAbsent(keyBuffer, 0, keyLength, valueBuffer, 0, length, ttlMs);
            } else {
                status = client.put(keyBuffer, 0, keyLength, valueBuffer, 0, length, ttlMs);
            }
            final CommandFailure failure = StoreOptions.failure(status, key, client.version());
            if (failure != null) {
                throw failure;
            }
            spec.commandLine().getOut().println("version " + client.version());
            return ExitCode.OK;
        }
    }
}
