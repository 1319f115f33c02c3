/** Tests of the page that shows what was pruned. */
@org.jspecify.annotations.NullMarked
package io.espalier.cli.report;
