/** The contract, and plugins that break it. */
@NullMarked
package io.espalier.testkit.contract;

import org.jspecify.annotations.NullMarked;
