/** The contract tests that a plugin author extends. */
@NullMarked
package io.espalier.testkit;

import org.jspecify.annotations.NullMarked;
