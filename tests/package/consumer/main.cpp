#include <botcore/app/bot_service.hpp>
#include <botcore/app/message_service.hpp>
#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>

#include <chrono>
#include <iostream>
#include <vector>

int main()
{
    botcore::memory::memory_storage storage;
    const botcore::system::system_clock clock;
    botcore::system::system_ids ids{clock};
    botcore::bot_service bots{storage.bots(), ids};
    botcore::message_service messages{storage.messages(), clock, ids};
    const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds{1};

    // Every call returns a result. Reading one with `*` throws if it is a refusal.
    const std::vector registrations{*bots.prepare({.name = "Aureo"})};
    const auto bot = (*bots.add(registrations, soon).front()).bot.id.text();
    const auto user = ids.next(0).text();
    const auto talk = ids.next(0).text();

    const auto greeting = messages.parse(
        {.conversation_id = talk, .from = bot, .to = user, .text = "Oi! Como posso te ajudar?"}
    );
    const auto reply = messages.parse(
        {.conversation_id = talk, .from = user, .to = bot, .text = "Quero saber meu saldo."}
    );
    const std::vector submissions{*messages.prepare({*greeting, *reply})};
    if (const auto stored = messages.append(submissions, soon).front(); !stored) {
        std::cerr << stored.error().detail << '\n';
        return 1;
    }

    const auto page = messages.list({.filter = {.conversation = greeting->conversation}}, soon);
    for (const auto& message : page->items)
        std::cout << message.stamp.text() << "  " << message.content.text << '\n';
}
