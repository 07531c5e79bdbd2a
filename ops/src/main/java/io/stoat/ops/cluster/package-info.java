/** Members of a cluster as processes: running them, looking at them, and making them fail. */
package io.stoat.ops.cluster;
