#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace botcore {

/// How the offset was written. Offsets of zero have four spellings.
enum class zone_form : std::uint8_t { upper_z, lower_z, minus_zero, numeric };

/// The form in which a timestamp was written. `timestamp::form` is its packed number.
///
/// The packed number is ((zone * 2 + lower_t) * 10 + digits), where zone is 0 to 2 for the named
/// forms and 3 + an index for a numeric offset. The numbers of leap seconds come after all others.
/// For a leap second the index counts quarters of an hour, because minutes would not fit in 16
/// bits.
struct written_form {
    int digits = 0;
    bool lower_t = false;
    bool leap = false;
    zone_form zone = zone_form::upper_z;
    std::chrono::minutes offset{0};  ///< East of UTC, -23:59 to +23:59.

    static constexpr int named_zones = 3;
    static constexpr int offset_max = 24 * 60 - 1;
    static constexpr int quarter_max = offset_max / 15;
    static constexpr int zones = named_zones + 2 * offset_max + 1;
    static constexpr int leap_zones = named_zones + 2 * quarter_max + 1;
    static constexpr int leap_start = zones * 2 * 10;
    static constexpr int end = leap_start + leap_zones * 2 * 10;
    static_assert(end <= 65'536);

    [[nodiscard]] bool is_packable() const noexcept { return !leap || offset.count() % 15 == 0; }

    [[nodiscard]] std::uint16_t packed() const noexcept
    {
        const int unit = leap ? 15 : 1;
        const int index_max = leap ? quarter_max : offset_max;
        const int index = static_cast<int>(offset.count()) / unit + index_max;
        const int zone_code = zone == zone_form::numeric ? named_zones + index
                                                         : static_cast<int>(zone);
        const int code = (zone_code * 2 + (lower_t ? 1 : 0)) * 10 + digits;
        return static_cast<std::uint16_t>(leap ? leap_start + code : code);
    }

    static std::optional<written_form> unpack(int code) noexcept
    {
        if (code >= end)
            return std::nullopt;
        written_form form;
        form.leap = code >= leap_start;
        if (form.leap)
            code -= leap_start;
        form.digits = code % 10;
        form.lower_t = code / 10 % 2 == 1;
        const int zone_code = code / 20;
        if (zone_code < named_zones) {
            form.zone = static_cast<zone_form>(zone_code);
            return form;
        }
        form.zone = zone_form::numeric;
        const int unit = form.leap ? 15 : 1;
        const int index_max = form.leap ? quarter_max : offset_max;
        form.offset = std::chrono::minutes{(zone_code - named_zones - index_max) * unit};
        return form;
    }
};

}  // namespace botcore
