/** A page that shows what was pruned, and the same for programs. */
@org.jspecify.annotations.NullMarked
package io.espalier.cli.report;
