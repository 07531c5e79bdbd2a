/** Results as one HTML page that needs no network, and as the table of the README. */
package io.stoat.bench.report;
