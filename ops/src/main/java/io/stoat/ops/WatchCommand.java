package io.stoat.ops;

import io.stoat.transport.ChangeFeed;
import io.stoat.transport.ChangeHandler;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat watch}: changes as they are made. */
@Command(
        name = "watch",
        description = {
            "Print changes as they are made, one a line, until interrupted: what, shard, version, key, value, separated by tabs.",
            "Keys of one shard come in the order of their changes. A line 'gap' says that changes of a shard were missed,",
            "after its first and up to its second version. Entries that expire are not announced.",
            "Control characters and backslashes are escaped as in C."
        },
        footer = {"", "Example:", "  stoat watch AMZN: --endpoint 127.0.0.1:7480"})
final class WatchCommand implements Callable<Integer>, ChangeHandler {
    /** The line that says that from now on every change is told starts with these words. */
    static final String WATCHING = "# watching";

    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Only keys that start with it.")
    private String prefix;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "-1",
            description = "End after so many lines (default: never).")
    private long limit;

    @Mixin private StoreOptions options;

    @Spec private CommandSpec spec;

    private PrintWriter out;
    private long printed;

    @Override
    public Integer call() {
        out = spec.commandLine().getOut();
        final UnsafeBuffer bytes = new UnsafeBuffer(prefix.getBytes(StandardCharsets.UTF_8));
        final IdleStrategy idle = new BackoffIdleStrategy(10, 10, 100_000, 1_000_000);
        try (ChangeFeed feed =
                ChangeFeed.subscribe(options.clientContext(), bytes, 0, bytes.capacity())) {
            boolean announced = false;
            while (!isDone() && !Thread.currentThread().isInterrupted()) {
                final int work = feed.poll(this);
                if (!announced && feed.isStarted()) {
                    announced = true;
                    out.println(WATCHING + " '" + prefix + "'");
                }
                if (work > 0) {
                    out.flush();
                }
                idle.idle(work);
            }
        }
        out.flush();
        return ExitCode.OK;
    }

    private boolean isDone() {
        return limit >= 0 && printed >= limit;
    }

    private void print(final String what, final int shard, final long version, final String rest) {
        if (!isDone()) {
            out.println(what + "\t" + shard + "\t" + version + "\t" + rest);
            printed++;
        }
    }

    private static String text(final DirectBuffer buffer, final int offset, final int length) {
        return ScanCommand.text(buffer, offset, length);
    }

    @Override
    public void onPut(
            final int shard,
            final long version,
            final long expiresAtMs,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength,
            final int valueOffset,
            final int valueLength) {
        print(
                "put",
                shard,
                version,
                text(buffer, keyOffset, keyLength)
                        + "\t"
                        + (valueLength < 0 ? "?" : text(buffer, valueOffset, valueLength)));
    }

    @Override
    public void onRemove(
            final int shard,
            final long version,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        print("remove", shard, version, text(buffer, keyOffset, keyLength));
    }

    @Override
    public void onExpire(
            final int shard,
            final long version,
            final long expiredVersion,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        print("expire", shard, version, text(buffer, keyOffset, keyLength) + "\t" + expiredVersion);
    }

    @Override
    public void onEvict(
            final int shard,
            final long version,
            final long evictedVersion,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        print("evict", shard, version, text(buffer, keyOffset, keyLength) + "\t" + evictedVersion);
    }

    @Override
    public void onTouch(
            final int shard,
            final long version,
            final long expiresAtMs,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        print("touch", shard, version, text(buffer, keyOffset, keyLength) + "\t" + expiresAtMs);
    }

    @Override
    public void onGap(final int shard, final long afterVersion, final long toVersion) {
        print("gap", shard, afterVersion, String.valueOf(toVersion));
    }
}
