/** Results of runs, the facts of the machine that they were taken on, and their JSON. */
package io.stoat.bench.result;
