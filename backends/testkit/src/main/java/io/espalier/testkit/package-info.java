/**
 * The contract that a plugin keeps, as tests: {@link io.espalier.testkit.PluginContract} is what a
 * plugin author extends.
 */
@NullMarked
package io.espalier.testkit;

import org.jspecify.annotations.NullMarked;
