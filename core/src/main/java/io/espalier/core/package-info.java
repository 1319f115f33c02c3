/** Search spaces, rules, configs, sorting, costs and search. */
@NullMarked
package io.espalier.core;

import org.jspecify.annotations.NullMarked;
