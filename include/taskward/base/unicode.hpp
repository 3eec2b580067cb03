// Unicode (libunistring): normalisation and properties of characters. Text is UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/secret.hpp"

namespace taskward {

/// Normalization Form KC (UAX #15): the same for all spellings of a text. A code point becomes 18 at most.
/// Invalid UTF-8 is returned unchanged.
[[nodiscard]] std::string nfkc(std::string_view text);
/// The same; the result is wiped like the text, except for libunistring's working memory.
[[nodiscard]] Secret nfkc(const Secret& text);

/// Whether a character can be seen: one that has neither of the properties White_Space and
/// Default_Ignorable_Code_Point, and is not a control character.
[[nodiscard]] bool has_visible_character(std::string_view text);

/// Whether more than 30 combining marks follow one another, which no language needs (UAX #15, section 13),
/// and which PostgreSQL normalises in quadratic time.
[[nodiscard]] bool has_many_combining_marks(std::string_view text);

/// Whether the text has a control character other than tab and line feed.
[[nodiscard]] bool has_control_character(std::string_view text);

/// Whether the text has no control characters, and neither of the separators U+2028 and U+2029.
[[nodiscard]] bool is_one_line(std::string_view text);

/// Whether the text can be searched for by its words: it has a letter or a digit, and none of a script that
/// is written without spaces, such as Han.
[[nodiscard]] bool has_words(std::string_view text);

/// The parts between white space.
[[nodiscard]] std::vector<std::string_view> parts_between_white_space(std::string_view text);

}  // namespace taskward
