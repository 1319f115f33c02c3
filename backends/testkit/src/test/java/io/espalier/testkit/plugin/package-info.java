/** A stranger's plugin, compiled and loaded as a JAR. */
@NullMarked
package io.espalier.testkit.plugin;

import org.jspecify.annotations.NullMarked;
