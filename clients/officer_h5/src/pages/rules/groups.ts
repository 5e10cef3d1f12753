/** Which rules stand together; what the server adds later stands under 其他. */
export const GROUPS: { title: string; names: string[] }[] = [
  { title: '预约', names: ['minutes_per_visit', 'max_relatives', 'book_days_ahead_min', 'book_days_ahead_max', 'cancel_hours_before', 'waiting_offer_minutes', 'waiting_entries_max'] },
  { title: '审核', names: ['review_hours', 'review_reminder_hours', 'decide_hours_before', 'request_days_max', 'approvals_per_visit', 'approvals_per_relationship'] },
  { title: '会见', names: ['check_in_minutes_before', 'face_check_minutes', 'no_show_minutes_after', 'no_shows_to_suspend', 'no_show_window_days', 'suspension_days', 'extend_minutes_max'] },
  { title: '录音录像', names: ['recording_late_minutes', 'recording_days'] },
  { title: '亲情电话', names: ['family_phones_per_resident', 'phone_recheck_days', 'phone_checks_per_relative_day', 'phone_checks_per_number_day', 'phone_checks_per_site_day'] },
]
