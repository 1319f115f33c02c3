@NullMarked
package io.espalier.testkit.guice;

import org.jspecify.annotations.NullMarked;
