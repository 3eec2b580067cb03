#include "taskward/mail/templates.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::mail {
namespace {

constexpr std::size_t kTemplateMaxBytes = 1UL << 18U;
constexpr std::string_view kSubject = "Subject: ";
constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

using Faults = std::vector<std::string>;

std::optional<std::string> read(const std::string& path, Faults& faults) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  text.resize(kTemplateMaxBytes + 1);
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) {
    faults.push_back(path + ": cannot be read: " + std::strerror(errno));
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kTemplateMaxBytes) {
    faults.push_back(path + ": exceeds 256 KiB");
    return std::nullopt;
  }
  std::erase(text, '\r');
  if (text.find('\0') != std::string::npos || !code_points(text)) {
    faults.push_back(path + ": must be UTF-8 text");
    return std::nullopt;
  }
  return text;
}

std::vector<std::string_view> fields(model::MailKind kind) {
  std::vector<std::string_view> names = split(model::fields_of(kind), ' ');
  names.emplace_back("to");
  return names;
}

/// Calls on_text for the text between placeholders and on_field for each placeholder, without a name for an
/// unclosed
/// "{{".
void walk(std::string_view text, const std::function<void(std::string_view)>& on_text,
          const std::function<void(std::optional<std::string_view>, std::size_t place)>& on_field) {
  std::size_t from = 0;
  while (true) {
    const std::size_t open = text.find(kOpen, from);
    on_text(text.substr(from, std::min(open, text.size()) - from));
    if (open == std::string_view::npos) return;
    const std::size_t close = text.find(kClose, open);
    const std::string_view inside =
        close == std::string_view::npos ? "" : text.substr(open + kOpen.size(), close - open - kOpen.size());
    if (close == std::string_view::npos || inside.find('\n') != std::string_view::npos) {
      on_field(std::nullopt, open);
      from = open + kOpen.size();
    } else {
      on_field(trimmed(inside), open);
      from = close + kClose.size();
    }
  }
}

void check_placeholders(const std::string& path, std::string_view text, model::MailKind kind,
                        Faults& faults) {
  const auto known = fields(kind);
  walk(
      text, [](std::string_view) {},
      [&](std::optional<std::string_view> name, std::size_t place) {
        if (name && std::find(known.begin(), known.end(), *name) != known.end()) return;
        const auto line =
            1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n');
        faults.push_back(
            path + ':' + std::to_string(line) + ": " +
            (name ? "{{" + std::string(*name) + "}} is not a field of this template" : "{{ is not closed") +
            "; the fields are {{" + joined(known, "}}, {{") + "}}");
      });
}

void check_subject(const std::string& path, std::string_view text, Faults& faults) {
  const std::string_view first = text.substr(0, text.find('\n'));
  if (!first.starts_with(kSubject) || trimmed(first.substr(kSubject.size())).empty()) {
    faults.push_back(path + ":1: must be `Subject: ` followed by the subject");
  } else if (std::any_of(first.begin(), first.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    faults.push_back(path + ":1: must not contain control characters");
  } else if (const std::string_view rest = text.substr(first.size());
             !rest.starts_with("\n\n") && rest != "\n" && !rest.empty()) {
    faults.push_back(path + ":2: must be empty; the text begins on line 3");
  }
}

Letter parse_letter(std::string_view text, std::string html) {
  const std::string_view first = text.substr(0, text.find('\n'));
  Letter letter;
  letter.subject = trimmed(first.substr(kSubject.size()));
  letter.text = text.substr(std::min(first.size() + 2, text.size()));
  letter.html = std::move(html);
  return letter;
}

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string as_it_is(std::string_view text) { return std::string(text); }

std::string fill(std::string_view text, const model::Mail& mail, std::string (*spelled)(std::string_view)) {
  std::string out;
  walk(
      text, [&](std::string_view piece) { out += piece; },
      [&](std::optional<std::string_view> name, std::size_t) {
        if (!name) return;
        if (*name == "to") {
          out += spelled(mail.to);
        } else if (const auto found = mail.fields.find(std::string(*name)); found != mail.fields.end()) {
          out += spelled(found->second);
        }
      });
  return out;
}

}  // namespace

Templates::Templates(const std::string& folder) {
  Faults faults;
  for (const model::MailKind kind : model::every_mail_kind()) {
    const std::string stem = folder + '/' + std::string(model::name(kind));
    const auto text = read(stem + ".txt", faults);
    auto html = read(stem + ".html", faults);
    if (text) {
      check_subject(stem + ".txt", *text, faults);
      check_placeholders(stem + ".txt", *text, kind, faults);
    }
    if (html) check_placeholders(stem + ".html", *html, kind, faults);
    if (faults.empty()) letters_.emplace(kind, parse_letter(*text, std::move(*html)));
  }
  if (!faults.empty()) throw BadTemplates(joined(faults, "\n"));
}

Letter Templates::filled(const model::Mail& mail) const {
  const Letter& letter = letters_.at(mail.kind);
  return {fill(letter.subject, mail, as_it_is), fill(letter.text, mail, as_it_is),
          fill(letter.html, mail, html_escaped)};
}

}  // namespace taskward::mail
