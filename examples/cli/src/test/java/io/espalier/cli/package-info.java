@NullMarked
package io.espalier.cli;

import org.jspecify.annotations.NullMarked;
